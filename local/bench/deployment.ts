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
  /** Whether the topics' names are as long as Kafka lets them be. */
  readonly longNames?: boolean;
}

/** A deployment of the function with one flow, and the log of Replicator's offsets that it is fed. */
export interface Deployment {
  readonly options: ConfigurationOptions;
  readonly configuration: Configuration;
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

/** Creates a deployment whose name, source alias and hence offsets topic nobody else has. */
export const createDeployment = (
  name: string,
  brokers: readonly string[],
  replicatorConnector = 'replicator',
): Deployment => {
  const options = { name, brokers: [...brokers], flows: [{ sourceAlias: name, replicatorConnector }] };
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
      connector: flow.replicatorConnector,
      source: { topic: longNames ? topic.padEnd(LONGEST_NAME, '.') : topic, partition: Math.floor(key / TOPICS) },
      offset: 1_000_000n + offset,
      form: 'plain',
    };
    return { entry, ...bytesOf(entry), partition, offset, timestamp: BigInt(Date.now()), generation: 0 };
  };
  const nextEvent = ({ keys, records, longNames = false }: BatchShape): string =>
    eventOf(
      CONNECT_OFFSETS,
      brokers,
      Array.from({ length: records }, (_, index) => next(index % keys, longNames)),
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
