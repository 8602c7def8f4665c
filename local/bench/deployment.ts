import {
  type Configuration,
  type ConfigurationOptions,
  parseConfiguration,
} from '../../functions/configuration/configuration.ts';
import { type KafkaEvent, parseKafkaEvent } from '../../functions/event/kafka-event.ts';
import type { Flow } from '../../functions/offsets/flow.ts';
import { type Translation, translate } from '../../functions/offsets/translate.ts';
import { eventOf } from '../world/sync/event-of-records.ts';
import { bytesOf, type Entry, type Placed } from '../world/sync/replicator-history.ts';

/** How many records of how many keys a batch holds; every key comes equally often. */
export interface BatchShape {
  readonly keys: number;
  readonly records: number;
  /** How many keys of the deployment come before the first of these. @default 0 */
  readonly firstKey?: number;
  /** Whether the topics' names are as long as Kafka lets them be. */
  readonly longNames?: boolean;
}

/** A deployment of the function, and the log of Replicator's offsets that it is fed. */
export interface Deployment {
  readonly options: ConfigurationOptions;
  readonly configuration: Configuration;
  /** The first one. */
  readonly flow: Flow;
  /** The event with the next records of the log: later ones than in every batch before. */
  nextEvent(shape: BatchShape): string;
  /** What {@link translate} makes of such an event. */
  nextTranslations(shape: BatchShape): readonly Translation[];
}

const CONNECT_OFFSETS = 'connect-offsets';
/** Over so many partitions of Replicator's offsets topic the keys are spread. */
const PARTITIONS = 5;
const TOPICS = 50;
const LONGEST_NAME = 249;

/** Reads an event of a deployment as the handler does. */
export const parseEvent = (event: string): KafkaEvent => parseKafkaEvent(JSON.parse(event), CONNECT_OFFSETS);

/**
 * Creates a deployment whose name, source aliases and hence offsets topics nobody else has.
 *
 * @param connectors Replicator's, of a flow each, over which the keys are spread.
 */
export const createDeployment = (
  name: string,
  brokers: readonly string[],
  connectors: readonly string[] = ['replicator'],
): Deployment => {
  const flows = connectors.map((replicatorConnector, index) => ({
    name: `flow-${index}`,
    sourceAlias: index === 0 ? name : `${name}-${index}`,
    replicatorConnector,
  }));
  const options = { name, brokers: [...brokers], flows };
  const configuration = parseConfiguration('the benchmark', options);
  const [flow] = configuration.flows;
  if (flow === undefined) {
    throw new Error('The benchmark has no flow: give it one');
  }
  const ends = Array.from({ length: PARTITIONS }, () => 0n);

  const next = (key: number, longNames: boolean): Placed => {
    const topic = `orders.eu.v${key % TOPICS}`;
    const partition = key % PARTITIONS;
    const offset = ends[partition] ?? 0n;
    ends[partition] = offset + 1n;
    const entry: Entry = {
      kind: 'offset',
      connector: connectors[key % connectors.length] ?? flow.replicatorConnector,
      source: { topic: longNames ? topic.padEnd(LONGEST_NAME, '.') : topic, partition: Math.floor(key / TOPICS) },
      offset: 1_000_000n + offset,
      form: 'plain',
    };
    return { entry, ...bytesOf(entry), partition, offset, timestamp: BigInt(Date.now()), generation: 0 };
  };
  const nextEvent = ({ keys, records, firstKey = 0, longNames = false }: BatchShape): string =>
    eventOf(
      CONNECT_OFFSETS,
      brokers,
      Array.from({ length: records }, (_, index) => next(firstKey + (index % keys), longNames)),
    );

  return {
    options,
    configuration,
    flow,
    nextEvent,
    nextTranslations: (shape) =>
      translate(parseEvent(nextEvent(shape)), [flow]).flows.flatMap(({ translations }) => translations),
  };
};
