import { ConfigurationError } from '../functions/errors.ts';
import type { Flow } from '../functions/offsets/flow.ts';
import { directionOf } from '../functions/readiness/configurations/check-configurations.ts';
import type { Mm2Flow, ParsedMm2 } from '../functions/readiness/configurations/mm2-configuration.ts';
import { knownValue } from '../functions/readiness/configurations/setting.ts';
import type { Finding } from '../functions/readiness/finding.ts';
import type { Connection } from '../functions/verify/connection.ts';
import { type ClientProperties, clientProperties } from './clients/client-properties.ts';
import { connectionOf } from './clients/connection.ts';
import { mm2Clients } from './clients/mm2-clients.ts';
import type { FileConfiguration } from './configuration-file.ts';
import { readProperties } from './configurations/properties.ts';
import { readConfiguration } from './configurations/read-configuration.ts';
import { sourceConnection, targetConnection } from './connections.ts';

/** How the clusters are connected to. A look connects anew, with what secrets and stores hold then. */
export interface Clusters {
  readonly target: () => Promise<Connection>;
  /** `undefined` where nothing tells how. */
  readonly source: (() => Promise<Connection>) | undefined;
  /** Why the source cannot be connected to, though MM2's configuration names it. */
  readonly findings: readonly Finding[];
}

/** What may tell how to connect, besides the configuration. */
export interface ClientFiles {
  readonly mm2: ParsedMm2 | undefined;
  readonly sourceProperties: ClientProperties | undefined;
  readonly targetProperties: ClientProperties | undefined;
}

/** Reads the properties of a Kafka client that an option names. @throws ConfigurationError */
export const readClientProperties = async (option: string, file: string): Promise<ClientProperties> =>
  clientProperties(`${option} ${file}`, readProperties(await readConfiguration(option, file)));

const byProperties = async (
  name: Connection['name'],
  properties: ClientProperties,
  brokers?: readonly string[],
): Promise<Connection> => ({
  name,
  ...(await connectionOf(properties, brokers)),
  credentials: `those of ${properties.origin}`,
});

/** The one direction of MM2's that says where the clusters are. @throws ConfigurationError where there are several */
const onlyDirection = (flows: readonly Flow[], mm2: ParsedMm2): Mm2Flow => {
  const directions = flows.flatMap((flow) => directionOf(flow, flows, mm2) ?? []);
  const [direction] = directions;
  if (direction === undefined) {
    throw new ConfigurationError(
      `${mm2.file} fits none of the flows, so it does not tell where the clusters are; give --source-properties and ` +
        '--target-properties, or correct the flows',
    );
  }
  const pairs = directions.map((one) => `${knownValue(one.sourceAlias)}->${knownValue(one.targetAlias)}`);
  if (new Set(pairs).size > 1) {
    throw new ConfigurationError(
      `${mm2.file} takes the flows from several clusters (${[...new Set(pairs)].join(', ')}); give --source-properties, or ` +
        'a configuration with the flows of one source',
    );
  }
  return direction;
};

const sourceByMm2 = async (flows: readonly Flow[], mm2: ParsedMm2): Promise<Pick<Clusters, 'source' | 'findings'>> => {
  try {
    const { source } = mm2Clients(mm2, onlyDirection(flows, mm2));
    await byProperties('source', source);
    return { source: () => byProperties('source', source), findings: [] };
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw error;
    }
    // The configuration is still worth checking, and the offsets worth looking at.
    return {
      source: undefined,
      findings: [
        {
          code: 'source-unknown',
          severity: 'warns',
          message: `the source cluster is not connected to: ${error.message}`,
          fix: 'give --source-properties, or the block "source" in the configuration',
        },
      ],
    };
  }
};

const targetOf = ({ root, configuration }: FileConfiguration, files: ClientFiles): Clusters['target'] => {
  const { brokers, authentication, flows } = configuration;
  const { mm2, targetProperties } = files;
  if (targetProperties) {
    return () => byProperties('target', targetProperties, brokers);
  }
  if (brokers) {
    return () => targetConnection(brokers, authentication);
  }
  if (mm2) {
    const { target } = mm2Clients(mm2, onlyDirection(flows, mm2));
    return () => byProperties('target', target);
  }
  throw new ConfigurationError(
    `${root}: brokers is missing; give the target cluster's brokers as a list of "host:port", or its client properties ` +
      'with --target-properties',
  );
};

/**
 * Decides how to connect. Client properties win, then the configuration, then MM2's own.
 *
 * @throws ConfigurationError when nothing tells how to connect to the target
 */
export const clustersOf = async (file: FileConfiguration, files: ClientFiles): Promise<Clusters> => {
  const { configuration, source } = file;
  const { mm2, sourceProperties } = files;
  const target = targetOf(file, files);
  if (sourceProperties) {
    return { target, source: () => byProperties('source', sourceProperties, source?.brokers), findings: [] };
  }
  if (source) {
    return { target, source: () => sourceConnection(source), findings: [] };
  }
  return { target, ...(mm2 ? await sourceByMm2(configuration.flows, mm2) : { source: undefined, findings: [] }) };
};
