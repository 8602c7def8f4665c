import { readFileSync } from 'node:fs';
import { pathToFileURL } from 'node:url';
import { CONFIGURATION_VARIABLE } from '../../../functions/configuration/configuration.ts';
import type { MemoryOfEvent } from '../memory.ts';
import { answer, argument, peakBytes } from './answer.ts';

/**
 * Loads the function and lets it handle a small event, so that all that stays is there. Then a large event comes, which
 * is handled, or only parsed. Says how many bytes that took at its peak.
 */

const { bundle, environment, small, large, handle } = argument<MemoryOfEvent>();
process.env[CONFIGURATION_VARIABLE] = environment;
const { handler } = await import(pathToFileURL(bundle).href);
const context = { getRemainingTimeInMillis: () => 60_000, awsRequestId: 'none', functionName: 'none' };
await handler(JSON.parse(readFileSync(small, 'utf8')), context);

const before = process.memoryUsage().rss;
const event: unknown = JSON.parse(readFileSync(large, 'utf8'));
if (handle) {
  await handler(event, context);
}
answer(peakBytes() - before);
