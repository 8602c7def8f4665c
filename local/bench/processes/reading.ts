import { readBarely, type TopicToRead } from '../bare-reading.ts';
import { quietKafka } from '../quiet-kafka.ts';
import { answer, argument } from './answer.ts';

/** Reads a topic and does nothing else. Says how many milliseconds it took since the process began. */

const { brokers, ...topic } = argument<TopicToRead & { readonly brokers: readonly string[] }>();
const { joiningMs } = await readBarely(quietKafka(brokers), [topic]);
answer(performance.now() - joiningMs);
