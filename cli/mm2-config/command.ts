import { existsSync } from 'node:fs';
import { writeFile } from 'node:fs/promises';
import { Command, InvalidArgumentError, Option } from '@commander-js/extra-typings';
import { ConfigurationError } from '../../functions/errors.ts';
import { printable } from '../../functions/printable.ts';
import type { ParsedReplicator } from '../../functions/readiness/configurations/replicator-configuration.ts';
import { knownValue } from '../../functions/readiness/configurations/setting.ts';
import { type FileConfiguration, readConfigurationFile } from '../configuration-file.ts';
import { parseMm2 } from '../configurations/mm2-configuration.ts';
import { readConfiguration } from '../configurations/read-configuration.ts';
import { parseReplicator } from '../configurations/replicator-configuration.ts';
import { EXIT } from '../exit-codes.ts';
import type { Terminal } from '../terminal.ts';
import { flowsOf } from './flows.ts';
import { FORMS, type Form, formOfPreset, targetAliasOf } from './form.ts';
import { ENDINGS, generate } from './generate.ts';
import { SECRETS_FILE } from './secret-references.ts';
import { writeJson } from './write-json.ts';

// A paragraph is a line: it is broken where the screen ends.
const DESCRIPTION = [
  "Writes MirrorMaker 2's configuration from Replicator's, so that MM2 goes on where Replicator stops and copies as it did.",
  'Every line has its reason. What Replicator does and MM2 cannot is said, with what to do instead. No secret is copied: ' +
    'the configuration refers to it, and says where to put it. Nothing is connected to, and nothing is started.',
].join('\n\n');

const MORE = `
Forms (--as):
  dedicated    properties for connect-mirror-maker.sh
  strimzi      a KafkaMirrorMaker2 resource, API version v1
  connect      JSON for POST /connectors of a Connect cluster; the connector is created STOPPED
  msk-connect  two files: NAME.json for CreateConnector, and NAME.worker.properties, the worker configuration
JSON holds no comments: there the reasons go to standard error.

The flow is the one that names Replicator's connector; its "mm2" says how MM2 runs, unless --as does. What is written is held
against Replicator's configuration as verify --mm2-config does, and what that says stands at the end.

Exit codes: 0 written; 2 written, and something in it has to be seen to before MM2 is started; 64 wrong usage or a wrong
configuration, and nothing is written.

Examples:
  $ npx mm2-migration mm2-config --replicator-config replicator.json
        prints MM2's configuration for the flow in ./cdk.json
  $ npx mm2-migration mm2-config -p replicator.properties --output mm2.properties
        writes it into a file that does not exist yet
  $ npx mm2-migration mm2-config -p replicator.json --as connect --output mm2.json 2> mm2.reasons.txt
        writes a connector to be created STOPPED, and the reasons beside it
  $ npx mm2-migration mm2-config -p replicator.json --as msk-connect --output mm2.json
        writes mm2.json and mm2.worker.properties
  $ npx mm2-migration mm2-config --flows -p replicator.json --mm2-config mm2.properties
        the other way: prints "flows" for the block "migration", from both configurations`;

const parseFactor = (text: string): number => {
  const number = Number(text);
  if (!/^(-1|\d{1,5})$/.test(text) || number === 0 || number > 32_767) {
    throw new InvalidArgumentError(
      "Give a whole number from 1 to the number of brokers, or -1 for the brokers' default.",
    );
  }
  return number;
};

/** A reference holds the path between colons and braces (org.apache.kafka.common.config.ConfigTransformer). */
const parseSecretsFile = (text: string): string => {
  if (!/^\/[^:{}\s]+$/.test(text)) {
    throw new InvalidArgumentError('Give an absolute path without colons, braces and spaces.');
  }
  return text;
};

const REPLICATOR = '--replicator-config';

/** The flow that takes over from this Replicator. @throws ConfigurationError when there is none, or nobody can tell */
const flowIndexOf = (
  { root, configuration }: FileConfiguration,
  replicator: ParsedReplicator,
  given?: string,
): number => {
  const { flows } = configuration;
  const names = flows.map(({ name }) => `"${name}"`).join(', ');
  const connector = knownValue(replicator.connectorName);
  const index =
    given !== undefined
      ? flows.findIndex(({ name }) => name === given)
      : connector === undefined && flows.length === 1
        ? 0
        : flows.findIndex(({ replicatorConnector }) => replicatorConnector === connector);
  if (given !== undefined && index < 0) {
    throw new ConfigurationError(`${root} has no flow "${given}"; name one of ${names} with --flow`);
  }
  if (given === undefined && connector === undefined && index < 0) {
    throw new ConfigurationError(
      `${replicator.file} does not say its connector's name, and there are several flows; name one of ${names} with --flow`,
    );
  }
  const flow = flows[index];
  if (connector !== undefined && flow?.replicatorConnector !== connector) {
    throw new ConfigurationError(
      `${replicator.file} configures the connector "${connector}", and ${
        flow
          ? `the flow "${flow.name}" reads the offsets of "${flow.replicatorConnector}"`
          : `none of the flows ${names} reads its offsets`
      }; give the configuration of a Replicator that a flow names, or correct replicatorConnector of the flow`,
    );
  }
  return index;
};

/** Writes files, all of which must not exist yet. */
const write = async (files: Readonly<Record<string, string>>): Promise<void> => {
  const names = Object.keys(files);
  const existing = names.find((name) => existsSync(name));
  if (existing !== undefined) {
    throw new ConfigurationError(
      `--output: ${existing} exists already, and is left as it is; remove it, or give another name`,
    );
  }
  for (const [name, text] of Object.entries(files)) {
    try {
      await writeFile(name, text, { flag: 'wx' });
    } catch (error) {
      const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : '';
      throw new ConfigurationError(`--output: ${name} cannot be written (${code}); give a path that can`);
    }
  }
};

const workerFileOf = (output: string): string => `${output.replace(/\.json$/i, '')}.worker.properties`;

/**
 * The command `mm2-config`.
 *
 * @param finish Takes the exit code.
 */
export const mm2ConfigCommand = (terminal: Terminal, finish: (exitCode: number) => void) =>
  new Command('mm2-config')
    .summary("write MM2's configuration from Replicator's, or the flows from both")
    .description(DESCRIPTION)
    .option('-p, --replicator-config <file>', "Replicator's configuration, properties or JSON (required)")
    .option('-c, --config <file>', 'a cdk.json with the block "migration", or JSON as OFFSET_SYNC has it', 'cdk.json')
    .option('-f, --flow <name>', "the flow; by default the one that names Replicator's connector")
    .addOption(
      new Option('-a, --as <form>', "how MM2 is to run; by default as the flow's mm2.runsAs says").choices(FORMS),
    )
    .option(
      '--target-alias <alias>',
      'MM2\'s name for the target; by default "backup", in Strimzi the flow\'s targetAlias',
    )
    .option(
      '--replication-factor <number>',
      "of all topics that MM2 creates; by default 3, or more where Replicator's dest.topic.replication.factor is",
      parseFactor,
    )
    .option(
      '--secrets-file <path>',
      'the file that references to secrets lead to, where MM2 runs (dedicated and connect)',
      parseSecretsFile,
      SECRETS_FILE,
    )
    .option('-o, --output <file>', 'write into this file, which must not exist; by default to standard output')
    .option('--flows', 'the other way: print the flows that keep these two configurations in step')
    .option('-m, --mm2-config <file>', "with --flows: MM2's configuration, in any form that verify takes")
    .option(
      '--offsets-topic <name>',
      "with --flows: the workers' offset.storage.topic, where MM2's file does not say it",
    )
    .addHelpText('after', MORE)
    .action(async ({ replicatorConfig, config, flow: given, as, targetAlias, output, flows, mm2Config, ...more }) => {
      if (replicatorConfig === undefined) {
        throw new ConfigurationError(`Give Replicator's configuration with ${REPLICATOR} FILE`);
      }
      const replicator = parseReplicator(await readConfiguration(REPLICATOR, replicatorConfig));
      const put = (text: string, others: Readonly<Record<string, string>> = {}) =>
        output === undefined ? terminal.out(text) : write({ [output]: text, ...others });
      if (flows) {
        if (mm2Config === undefined) {
          throw new ConfigurationError("--flows needs both configurations; give MM2's with --mm2-config FILE");
        }
        const mm2 = parseMm2(await readConfiguration('--mm2-config', mm2Config));
        await put(writeJson(flowsOf(replicator, mm2, more.offsetsTopic)));
        return;
      }
      if (mm2Config !== undefined || more.offsetsTopic !== undefined) {
        throw new ConfigurationError(
          '--mm2-config and --offsets-topic go with --flows; leave them out to have a configuration written',
        );
      }
      const file = await readConfigurationFile(config, { isTargetGiven: true });
      const index = flowIndexOf(file, replicator, given);
      const { configuration, presets, source, targetAuthentication } = file;
      const [flow, preset] = [configuration.flows[index], presets[index]];
      if (flow === undefined || preset === undefined) {
        throw new ConfigurationError(`${file.root} has no flow; give one`);
      }
      const form: Form = as ?? formOfPreset(preset);
      if (form === 'msk-connect' && output === undefined) {
        throw new ConfigurationError(
          '--as msk-connect writes two files; name the first with --output, for example --output mm2.json',
        );
      }
      const generated = generate(
        {
          flow,
          replicator,
          form,
          targetAlias: targetAliasOf(flow, preset, form, targetAlias),
          source: { brokers: source?.brokers, authentication: undefined },
          target: { brokers: configuration.brokers, authentication: targetAuthentication },
          replicationFactor: more.replicationFactor,
          secretsFile: more.secretsFile,
        },
        output ?? `mm2${ENDINGS[form]}`,
      );
      const { text, worker } = generated;
      await put(text, worker === undefined || output === undefined ? {} : { [workerFileOf(output)]: worker });
      for (const line of generated.explanation) {
        terminal.err(`${printable(line)}\n`);
      }
      const blocking = generated.findings.filter(({ severity }) => severity === 'blocks');
      if (blocking.length > 0) {
        terminal.err(`Before MM2 is started, see to: ${blocking.map(({ code }) => code).join(', ')}\n`);
      }
      finish(blocking.length > 0 ? EXIT.blocked : EXIT.ready);
    });
