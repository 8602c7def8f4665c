import type { Admin, Broker, Cluster, Kafka } from 'kafkajs';
import Decoder from 'kafkajs/src/protocol/decoder.js';
import Encoder from 'kafkajs/src/protocol/encoder.js';
import { createErrorFromCode, failure } from 'kafkajs/src/protocol/error.js';
import fetchRequest from 'kafkajs/src/protocol/requests/fetch/v11/request.js';
import metadataResponse from 'kafkajs/src/protocol/requests/metadata/v6/response.js';
import { KafkaError } from '../errors.ts';
import { decodeBatches, type FetchedBatch } from './record-batch.ts';

/**
 * Everything that reaches past kafkajs's documented interface (2.2.4), so that another client could take its place:
 * the cluster behind a consumer, two requests of our own, and an error that kafkajs does not mean to throw.
 * (The codecs it lacks are in `codecs.ts`; the warning it causes on Node 24 is silenced where the function's environment
 * is made, https://github.com/tulios/kafkajs/issues/1751.)
 */

/** What a broker answers to a fetch of one partition. */
export interface Fetched {
  /** Up to here, exclusive, the leader lets consumers read. */
  readonly highWatermark: bigint;
  readonly batches: readonly FetchedBatch[];
}

/** What the cluster says of a topic. */
export interface TopicDescription {
  /**
   * The topic's id, which a topic of the same name that is created anew does not share (KIP-516); `undefined` where the
   * broker is older than Kafka 2.8 and tells none.
   */
  readonly id: string | undefined;
  /**
   * The epoch of each partition's leader, by its number: it rises with every new leader, who may lack what its
   * predecessor had (KIP-101, KIP-320); -1 where the broker tells none.
   */
  readonly leaderEpochs: ReadonlyMap<number, number>;
}

/** What a client may do with a topic, by Kafka's names (AclOperation). */
export type TopicOperation = 'Read' | 'Write' | 'Create' | 'Describe' | 'DescribeConfigs';

/** The part of kafkajs's broker that takes a request of any form. */
interface RequestChannel {
  readonly connectionPool: {
    send<T>(protocol: {
      readonly request: {
        readonly apiKey: number;
        readonly apiVersion: number;
        readonly apiName: string;
        readonly encode: () => Promise<Encoder>;
      };
      readonly response: { decode(data: Buffer): Promise<T>; parse(decoded: T): Promise<T> };
      readonly requestTimeout?: number;
    }): Promise<T>;
  };
  readonly versions: Readonly<Record<number, { readonly maxVersion: number }>> | null;
}

/** The part of kafkajs's broker that finds coordinators of transactions, too; its typing knows groups alone. */
interface CoordinatorFinder {
  findGroupCoordinator(coordinator: { readonly groupId: string; readonly coordinatorType: number }): Promise<unknown>;
}

const TRANSACTION = 1;

const channelOf = (broker: Broker): RequestChannel => broker as unknown as RequestChannel;

/**
 * Takes kafkajs's cluster out of it, which has what a consumer lacks: reading given partitions from given offsets.
 * A consumer hands it to its partition assigners (part of kafkajs's documented interface) when it is created, before
 * it joins any group; so no group is ever joined, which saves seconds at every cold start
 * (`group.initial.rebalance.delay.ms` is 3 s by default) and the permissions on a group.
 */
export const clusterOf = (kafka: Kafka): Cluster => {
  let cluster: Cluster | undefined;
  kafka.consumer({
    groupId: 'never-joined',
    readUncommitted: true,
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (config) => {
        cluster = config.cluster;
        return {
          name: 'none',
          version: 0,
          assign: async () => [],
          protocol: () => ({ name: '', metadata: Buffer.of() }),
        };
      },
    ],
  });
  if (cluster === undefined) {
    throw new Error('kafkajs gave no cluster to the partition assigner: use kafkajs 2.2.4');
  }
  return cluster;
};

/**
 * Lets kafkajs live with partitions that have no leader at the moment. It asks for all topics of the cluster where it has
 * none to look for (at every start of an admin client or a transactional producer), and takes a single partition without
 * a leader, in anybody's topic, for a failure of the whole request. Whoever needs a leader that is missing is refused
 * and tries again all the same.
 */
export const tolerateMissingLeaders = (): void => {
  metadataResponse.parse = async (metadata) => {
    for (const { topicErrorCode } of metadata.topicMetadata) {
      failOn(topicErrorCode);
    }
    return metadata;
  };
};

/**
 * Tells why the coordinator of a transactional id was not found, of which kafkajs says only that it was not.
 *
 * @throws what kafkajs throws for the broker's error: TRANSACTIONAL_ID_AUTHORIZATION_FAILED …
 */
export const findCoordinator = async (cluster: Cluster, transactionalId: string): Promise<void> => {
  await cluster.refreshMetadataIfNecessary();
  const [nodeId] = cluster.getNodeIds();
  if (nodeId !== undefined) {
    const broker: unknown = await cluster.findBroker({ nodeId: String(nodeId) });
    await (broker as CoordinatorFinder).findGroupCoordinator({
      groupId: transactionalId,
      coordinatorType: TRANSACTION,
    });
  }
};

const failOn = (code: number): void => {
  if (failure(code)) {
    throw createErrorFromCode(code);
  }
};

/** Fetch response v11 (https://kafka.apache.org/protocol#The_Messages_Fetch), of one partition. */
const decodeFetchResponse = async (data: Buffer): Promise<Fetched> => {
  const decoder = new Decoder(data);
  decoder.readInt32(); // throttle_time_ms: the next request is muted by the broker itself
  failOn(decoder.readInt16());
  decoder.readInt32(); // session_id
  const topics = await decoder.readArrayAsync(async (ofTopic) => {
    ofTopic.readString();
    return await ofTopic.readArrayAsync(async (ofPartition): Promise<Fetched> => {
      ofPartition.readInt32(); // partition_index
      failOn(ofPartition.readInt16());
      const highWatermark = BigInt(ofPartition.readInt64().toString());
      ofPartition.readInt64(); // last_stable_offset
      ofPartition.readInt64(); // log_start_offset
      ofPartition.readArray((aborted) => [aborted.readInt64(), aborted.readInt64()]);
      ofPartition.readInt32(); // preferred_read_replica
      return { highWatermark, batches: await decodeBatches(ofPartition.readBytes() ?? Buffer.of()) };
    });
  });
  const [fetched] = topics.flat();
  if (fetched === undefined) {
    throw new KafkaError('A broker answered a fetch of one partition with none; the request is to be repeated');
  }
  return fetched;
};

const READ_UNCOMMITTED = 0;
/** Bytes of one fetch. A larger batch is sent whole all the same (KIP-74). */
const FETCH_BYTES = 4 * 1024 * 1024;
/** Milliseconds that the broker may wait for data. There is some, up to a known end, so it answers at once. */
const MAX_WAIT_MS = 500;
/** Milliseconds for the answer. */
const FETCH_TIMEOUT_MS = 10_000;

/**
 * Fetches record batches of one partition, the first of which holds `offset` or comes after it.
 *
 * @throws what kafkajs throws for the broker's error, KafkaError for a batch of before Kafka 0.11
 */
export const fetchBatches = async (
  broker: Broker,
  topic: string,
  partition: number,
  offset: bigint,
): Promise<Fetched> =>
  await channelOf(broker).connectionPool.send({
    request: fetchRequest({
      replicaId: -1,
      maxWaitTime: MAX_WAIT_MS,
      minBytes: 1,
      maxBytes: FETCH_BYTES,
      isolationLevel: READ_UNCOMMITTED,
      topics: [{ topic, partitions: [{ partition, fetchOffset: offset.toString(), maxBytes: FETCH_BYTES }] }],
    }),
    response: { decode: decodeFetchResponse, parse: async (fetched) => fetched },
    requestTimeout: FETCH_TIMEOUT_MS,
  });

const METADATA = 3;
/** The first version with topic ids (KIP-516). */
const METADATA_VERSION = 10;

/**
 * Metadata request v10 for one topic, which it does not create.
 *
 * @param withOperations Whether the broker is to say what this client may do with the topic (KIP-430).
 */
const metadataRequest = (topic: string, withOperations: boolean) => ({
  apiKey: METADATA,
  apiVersion: METADATA_VERSION,
  apiName: 'Metadata',
  encode: async () =>
    new Encoder()
      // The end of a flexible request's header (KIP-482), which kafkajs does not write: no tagged fields.
      .writeUVarInt(0)
      // A compact array tells its length plus one.
      .writeUVarInt(2)
      .writeBuffer(Buffer.alloc(16))
      .writeUVarIntString(topic)
      .writeUVarInt(0)
      .writeBoolean(false)
      .writeBoolean(withOperations)
      .writeBoolean(withOperations)
      .writeUVarInt(0),
});

/** What a broker says of a topic, whether it exists or not. */
interface TopicMetadata extends TopicDescription {
  readonly errorCode: number;
  /** A bit for each operation, by its number. */
  readonly operations: number;
  /** Those on the whole cluster. */
  readonly clusterOperations: number;
}

/** Metadata response v10 (https://kafka.apache.org/protocol#The_Messages_Metadata), of one topic. */
const decodeMetadataResponse = async (data: Buffer): Promise<TopicMetadata> => {
  const decoder = new Decoder(data);
  decoder.readTaggedFields(); // of the header
  decoder.readInt32(); // throttle_time_ms
  decoder.readUVarIntArray((broker) => {
    broker.readInt32();
    broker.readUVarIntString();
    broker.readInt32();
    broker.readUVarIntString();
    broker.readTaggedFields();
  });
  decoder.readUVarIntString(); // cluster_id
  decoder.readInt32(); // controller_id
  const [description] = decoder.readUVarIntArray((topic): Omit<TopicMetadata, 'clusterOperations'> => {
    const errorCode = topic.readInt16();
    topic.readUVarIntString();
    const id = topic.readBytes(16)?.toString('hex') ?? '';
    topic.readBoolean(); // is_internal
    const leaderEpochs = topic.readUVarIntArray((partition): readonly [number, number] => {
      partition.readInt16(); // its error is the leader's, whom others ask
      const number = partition.readInt32();
      partition.readInt32(); // leader_id
      const epoch = partition.readInt32();
      for (let list = 0; list < 3; list += 1) {
        partition.readUVarIntArray((node) => node.readInt32());
      }
      partition.readTaggedFields();
      return [number, epoch];
    });
    const operations = topic.readInt32();
    topic.readTaggedFields();
    return { errorCode, id: /[^0]/.test(id) ? id : undefined, leaderEpochs: new Map(leaderEpochs), operations };
  });
  if (description === undefined) {
    throw new KafkaError('A broker answered a question for one topic with none; the request is to be repeated');
  }
  return { ...description, clusterOperations: decoder.readInt32() };
};

/** `undefined` where the broker is older than Kafka 2.8. */
const askForTopic = async (
  cluster: Cluster,
  topic: string,
  withOperations: boolean,
): Promise<TopicMetadata | undefined> => {
  const [nodeId] = cluster.getNodeIds();
  if (nodeId === undefined) {
    throw new KafkaError(`No broker is known that could be asked for "${topic}"`);
  }
  const broker = await cluster.findBroker({ nodeId: String(nodeId) });
  const { connectionPool, versions } = channelOf(broker);
  if ((versions?.[METADATA]?.maxVersion ?? 0) < METADATA_VERSION) {
    return undefined;
  }
  const response = { decode: decodeMetadataResponse, parse: async (metadata: TopicMetadata) => metadata };
  return await connectionPool.send({ request: metadataRequest(topic, withOperations), response });
};

/**
 * Asks the cluster for a topic as it is now. kafkajs looks every five minutes, and knows no topic ids.
 *
 * @throws what kafkajs throws for the broker's error: UNKNOWN_TOPIC_OR_PARTITION, TOPIC_AUTHORIZATION_FAILED …
 */
export const describeTopic = async (cluster: Cluster, topic: string): Promise<TopicDescription> => {
  const metadata = await askForTopic(cluster, topic, false);
  if (metadata !== undefined) {
    failOn(metadata.errorCode);
    return { id: metadata.id, leaderEpochs: metadata.leaderEpochs };
  }
  await cluster.refreshMetadata();
  const partitions = cluster.findTopicPartitionMetadata(topic);
  return { id: undefined, leaderEpochs: new Map(partitions.map(({ partitionId }) => [partitionId, -1])) };
};

/** The operations' numbers on the wire (org.apache.kafka.common.acl.AclOperation). */
const OPERATIONS: Readonly<Record<TopicOperation, number>> = {
  Read: 3,
  Write: 4,
  Create: 5,
  Describe: 8,
  DescribeConfigs: 10,
};
/** What a broker answers that does not tell operations. */
const NOT_TOLD = -0x80_00_00_00;

/**
 * Asks what this client may do with a topic, without doing it (KIP-430). The topic need not exist.
 *
 * @returns `undefined` where the broker does not tell: it is older than Kafka 2.8, or the client may not even see it
 */
export const topicOperations = async (
  cluster: Cluster,
  topic: string,
): Promise<ReadonlySet<TopicOperation> | undefined> => {
  await cluster.refreshMetadataIfNecessary();
  const metadata = await askForTopic(cluster, topic, true);
  if (metadata === undefined || metadata.operations === NOT_TOLD) {
    return undefined;
  }
  const { operations, clusterOperations } = metadata;
  const isIn = (set: number, name: TopicOperation) => set !== NOT_TOLD && (set & (1 << OPERATIONS[name])) !== 0;
  // Topics may be created by a right on the topic or on the cluster.
  const isAllowed = (name: TopicOperation) =>
    isIn(operations, name) || (name === 'Create' && isIn(clusterOperations, name));
  return new Set((Object.keys(OPERATIONS) as TopicOperation[]).filter(isAllowed));
};

/**
 * Lists the topics.
 *
 * @throws KafkaError where the last broker goes away in the middle of the request, of which kafkajs makes a TypeError
 */
export const listTopics = async (admin: Admin): Promise<readonly string[]> => {
  try {
    return await admin.listTopics();
  } catch (cause) {
    if (cause instanceof TypeError) {
      throw new KafkaError('No broker answered when asked for the topics', { cause });
    }
    throw cause;
  }
};
