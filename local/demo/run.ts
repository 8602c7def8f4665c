import { randomBytes } from 'node:crypto';
import { parseArgs } from 'node:util';
import Table from 'cli-table3';
import { type KafkaCluster, startCluster } from '../world/kafka/cluster.ts';
import { startSecretsManager } from '../world/secrets-manager/secrets-manager.ts';
import { type MigrationResult, migrate } from './migration.ts';
import type { FunctionAccess, SyncVariant } from './synced-function.ts';

const HELP = `npm start -- [options]

Migrates three topics from Replicator (a stand-in) to MirrorMaker 2 (the real one) on two real Kafka clusters on this
machine, by the command "mm2-migration cutover", and compares every record on both sides. Takes about a minute after the
first download of Kafka.

  --kill-replicator  kill Replicator between two flushes: what it has copied since would be copied a second time
  --without-sync     leave the function out: MirrorMaker 2 copies everything a second time
  --unordered-keys   write the keys in a field order that MirrorMaker 2 never finds: the same
  --auth scram       let the function authenticate with SASL/SCRAM over TLS
  --help             this text

Exit code 0 only if no record is duplicated and none is lost. KAFKA_VERSION=3.9.2 chooses another Kafka.`;

const TOPICS = [
  { topic: 'orders', partitions: 3 },
  { topic: 'payments.eu.v1', partitions: 2 },
  { topic: 'audit', partitions: 3, empty: [1] },
];
const RECORDS_PER_SECOND = 400;
const COPY_FOR_MS = 6_000;
/** Long enough that there is something to copy twice. */
const KILLED_FLUSH_INTERVAL_MS = 5_000;
const SCRAM_USER = 'mm2-migration';

interface DemoOptions {
  readonly killReplicator: boolean;
  readonly sync: SyncVariant;
  readonly scram: boolean;
}

const parseOptions = (args: readonly string[]): DemoOptions | 'help' => {
  const { values } = parseArgs({
    args: [...args],
    options: {
      'kill-replicator': { type: 'boolean' },
      'without-sync': { type: 'boolean' },
      'unordered-keys': { type: 'boolean' },
      auth: { type: 'string', default: 'none' },
      help: { type: 'boolean' },
    },
  });
  if (values.help) {
    return 'help';
  }
  if (values.auth !== 'none' && values.auth !== 'scram') {
    throw new Error(`--auth is "${values.auth}"; use "scram"`);
  }
  if (values['without-sync'] && values['unordered-keys']) {
    throw new Error('--without-sync and --unordered-keys exclude each other; give one of them');
  }
  if (values['kill-replicator'] && (values['without-sync'] || values['unordered-keys'])) {
    throw new Error('--kill-replicator takes the function: leave --without-sync and --unordered-keys out');
  }
  const control: SyncVariant = values['unordered-keys'] ? 'unordered-keys' : 'function';
  return {
    sync: values['without-sync'] ? 'none' : control,
    scram: values.auth === 'scram',
    killReplicator: values['kill-replicator'] === true,
  };
};

const startedAt = performance.now();
const progress = (message: string) =>
  console.log(`${((performance.now() - startedAt) / 1000).toFixed(1).padStart(6)} s  ${message}`);

const show = (offset: bigint | undefined): string => offset?.toString() ?? '–';

const table = ({ partitions }: MigrationResult): string => {
  const rows = new Table({
    head: ['topic', 'partition', 'source', 'target', "Replicator's last", "MM2's first", 'duplicated', 'lost'],
    colAligns: ['left', 'right', 'right', 'right', 'right', 'right', 'right', 'right'],
    style: { head: [], border: [], compact: true },
  });
  for (const one of partitions) {
    rows.push([
      one.topic,
      one.partition,
      one.sourceRecords,
      one.targetRecords,
      show(one.replicatorLast),
      show(one.firstAfterCutover),
      one.duplicated,
      one.lost,
    ]);
  }
  return rows.toString();
};

/** Gives the function a SCRAM user's credentials in a secret, and the listener that asks for them. */
const scramAccess = async (
  target: KafkaCluster,
  password: string,
  resources: AsyncDisposableStack,
): Promise<FunctionAccess> => {
  const secrets = await startSecretsManager({ username: SCRAM_USER, password });
  resources.defer(() => secrets.close());
  return {
    authentication: 'scram',
    configuration: {
      authentication: { type: 'scram', secretArn: secrets.secretArn },
      brokers: [target.bootstrapServersOf('scram')],
    },
    environment: { ...secrets.environment, NODE_EXTRA_CA_CERTS: target.caCertificateFile },
  };
};

/** How many records would have been copied a second time without the repair. */
const spared = ({ report }: MigrationResult): bigint =>
  (report?.partitions ?? []).reduce(
    (sum, { resumedAt, repairedFrom }) => sum + (repairedFrom === null ? 0n : BigInt(resumedAt) - BigInt(repairedFrom)),
    0n,
  );

const indented = (text: string): string => text.replace(/^(?=.)/gm, '            ');

const run = async ({ sync, scram, killReplicator }: DemoOptions): Promise<boolean> => {
  await using resources = new AsyncDisposableStack();
  progress('Two Kafka clusters are started');
  const password = randomBytes(24).toString('base64url');
  const [source, target] = await Promise.all([
    startCluster({ name: 'source', onProgress: progress }),
    startCluster({
      name: 'target',
      ...(scram && { listeners: ['plaintext', 'scram'], users: [{ username: SCRAM_USER, password }] }),
    }),
  ]);
  resources.defer(() => source.close());
  resources.defer(() => target.close());

  const result = await migrate({
    source,
    target,
    sourceAlias: 'primary',
    topics: TOPICS,
    recordsPerSecond: RECORDS_PER_SECOND,
    sync,
    ...(scram && { access: await scramAccess(target, password, resources) }),
    copyForMs: COPY_FOR_MS,
    replay: sync === 'function' && !killReplicator,
    killReplicator,
    ...(killReplicator && { flushIntervalMs: KILLED_FLUSH_INTERVAL_MS }),
    onSaid: (text) => process.stdout.write(indented(text)),
    ...(sync !== 'function' && { onVerified: ({ table: verified }) => console.log(`\n${verified}\n`) }),
    onProgress: progress,
  });
  console.log(table(result));
  if (result.replay) {
    console.log(`${result.replay.records} offsets delivered again after the cutover: ${result.replay.written} written`);
  }
  if (killReplicator) {
    console.log(`${spared(result)} records would have been duplicated without the repair`);
  }
  console.log(`${result.duplicated} duplicated, ${result.lost} lost of ${result.records} records`);
  return result.duplicated === 0 && result.lost === 0;
};

try {
  const options = parseOptions(process.argv.slice(2));
  if (options === 'help') {
    console.log(HELP);
  } else {
    process.exitCode = (await run(options)) ? 0 : 1;
  }
} catch (error) {
  // One sentence for whoever runs the demonstration; DEBUG=1 shows where it comes from.
  console.error(process.env.DEBUG || !(error instanceof Error) ? error : error.message);
  process.exitCode = 1;
}
