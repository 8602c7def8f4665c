import { FencedError } from '../../../../functions/errors.ts';
import type { Flow } from '../../../../functions/offsets/flow.ts';
import type { Translation } from '../../../../functions/offsets/translate.ts';
import { type OffsetsWriter, openOffsetsWriter } from '../../../../functions/writing/offsets-writer.ts';
import type { KeysByTopic, WriteOutcome } from '../../../../functions/writing/write-outcome.ts';
import type { Cluster } from './cluster.ts';
import { type Moment, topicLogOf, transactionsOf } from './ports.ts';

/** What came of a delivery. */
export type Delivered =
  | {
      readonly kind: 'taken';
      readonly outcome: WriteOutcome;
      /** When the instance last looked, and how many of the sync's transactions had been aborted by then. */
      readonly lookedAt: number;
      readonly abortsSeen: number;
      /** When it last sent a record for a key. */
      readonly sentAt: ReadonlyMap<string, number>;
    }
  | { readonly kind: 'failed'; readonly error: unknown };

/** An instance of the function: the real writer, kept between invocations as `connection-keeper.ts` keeps it. */
export interface Instance {
  readonly isAtWork: () => boolean;
  /** Whether it has never run: what is invoked next starts cold anyway. */
  readonly isFresh: () => boolean;
  /** Begins a delivery. */
  readonly begin: (translations: readonly Translation[], done: (delivered: Delivered) => void) => void;
  /** Goes on until the next moment at which it is stopped, or to the end of the delivery. */
  readonly goOn: () => Promise<void>;
  /** Ends in the midst of whatever it does; what is invoked next starts cold. */
  readonly die: () => void;
}

/** What an instance is made of. */
export interface InstanceOptions {
  readonly cluster: Cluster;
  readonly flow: Flow;
  readonly transactionalId: string;
  /** The moments at which it is stopped, so that something else can happen there. */
  readonly moments: ReadonlySet<Moment>;
}

/** A run of the process; a dead one is never let go on. */
const createProcess = ({ cluster, flow, transactionalId, moments }: InstanceOptions) => {
  let arrived = Promise.withResolvers<void>();
  let resume: (() => void) | undefined;
  let [isAtWork, isFresh] = [false, true];
  let writer: OffsetsWriter | undefined;
  let known: KeysByTopic = new Map();
  let [lookedAt, abortsSeen] = [0, 0];
  const sentAt = new Map<string, number>();

  const pause = async (moment: Moment): Promise<void> => {
    if (!moments.has(moment)) {
      return;
    }
    const gate = Promise.withResolvers<void>();
    resume = gate.resolve;
    arrived.resolve();
    await gate.promise;
  };

  const open = (): Promise<OffsetsWriter> => {
    const looked = () => {
      lookedAt = cluster.now();
      abortsSeen = cluster.aborts();
    };
    const sent = (key: string) => sentAt.set(key, cluster.now());
    return openOffsetsWriter({
      transactions: transactionsOf(cluster, transactionalId, pause, sent),
      log: topicLogOf(cluster, pause, looked),
      flows: [flow],
      known,
    });
  };

  const discard = (error: unknown) => {
    if (!(error instanceof FencedError)) {
      known = writer?.keys() ?? known;
      writer = undefined;
    }
  };

  const write = async (translations: readonly Translation[]): Promise<WriteOutcome> => {
    if (writer !== undefined) {
      try {
        await writer.catchUp();
        return await writer.write(translations);
      } catch (error) {
        discard(error);
        if (error instanceof FencedError) {
          throw error;
        }
      }
    }
    try {
      writer = await open();
      return await writer.write(translations);
    } catch (error) {
      discard(error);
      throw error;
    }
  };

  return {
    isAtWork: () => isAtWork,
    isFresh: () => isFresh,
    begin: (translations: readonly Translation[], done: (delivered: Delivered) => void) => {
      [isAtWork, isFresh] = [true, false];
      sentAt.clear();
      const start = Promise.withResolvers<void>();
      resume = start.resolve;
      const finish = (delivered: Delivered) => {
        isAtWork = false;
        done(delivered);
        arrived.resolve();
      };
      void start.promise
        .then(() => write(translations))
        .then(
          (outcome) => finish({ kind: 'taken', outcome, lookedAt, abortsSeen, sentAt }),
          (error: unknown) => finish({ kind: 'failed', error }),
        );
    },
    goOn: async () => {
      arrived = Promise.withResolvers<void>();
      resume?.();
      await arrived.promise;
    },
  };
};

/** Creates an instance that has never run. */
export const createInstance = (options: InstanceOptions): Instance => {
  let process = createProcess(options);
  return {
    isAtWork: () => process.isAtWork(),
    isFresh: () => process.isFresh(),
    begin: (translations, done) => process.begin(translations, done),
    goOn: () => process.goOn(),
    die: () => {
      process = createProcess(options);
    },
  };
};
