import { openReadingCluster } from '../../../functions/verify/reading-cluster.ts';
import { quietKafka } from '../quiet-kafka.ts';
import { compareContents, type VerifyMemory } from '../verification.ts';
import { answer, argument, peakBytes } from './answer.ts';

/** Compares contents, and says how many bytes the process had at its peak. */

const { brokers, migration } = argument<VerifyMemory>();
await compareContents(await openReadingCluster(quietKafka(brokers)), migration);
answer(peakBytes());
