import { beforeEach, describe, expect, test } from '@jest/globals';
import { ClusterError, EventError } from '../../../functions/errors.ts';
import type { Report } from '../../../functions/readiness/report.ts';
import { createHandler } from '../../../functions/verify/handler.ts';
import type { Looking, Verifier } from '../../../functions/verify/verifier.ts';
import { aPartition, aReport } from '../readiness/a-report.ts';

const asked: Looking[] = [];
const logged: string[] = [];
beforeEach(() => {
  asked.length = 0;
  logged.length = 0;
});

const logger = {
  info: (message: string) => logged.push(message),
  error: (message: string) => logged.push(message),
} as unknown as Parameters<typeof createHandler>[1];

const handlerOf = (look: () => Promise<Report>) => {
  const verifier: Pick<Verifier, 'look'> = {
    look: (looking) => {
      asked.push(looking);
      return look();
    },
  };
  return createHandler(verifier, logger);
};
const context = { getRemainingTimeInMillis: () => 60_000 };
const report = aReport([aPartition(0)]);
const trouble = new ClusterError('The target cluster (<b>:9096) cannot be reached: <i>');

describe('the handler', () => {
  test('answers with the report, and looks as long as the invocation lasts but for a moment to say why', async () => {
    expect(await handlerOf(async () => report)({ records: 5 }, context)).toBe(report);
    expect(asked).toEqual([{ records: 5, limitMs: 57_000 }]);
    expect(logged).toEqual(['Looked']);
  });

  test("sums up what Lambda's 6 MB would not hold", async () => {
    const large = aReport(Array.from({ length: 30_000 }, (_, number) => aPartition(number)));

    const answer = await handlerOf(async () => large)({}, context);

    expect(Buffer.byteLength(JSON.stringify(answer))).toBeLessThanOrEqual(6_000_000);
    expect(answer).toMatchObject({ verdict: 'READY', leftOut: { partitions: expect.any(Number) } });
  });

  test('fails where it could not look, and writes why into the log', async () => {
    await expect(handlerOf(() => Promise.reject(trouble))({}, context)).rejects.toBe(trouble);
    expect(logged).toEqual([`Could not look: ${trouble.message}`]);
  });

  test('refuses an event that is no question', async () => {
    await expect(handlerOf(async () => report)({ eventSource: 'aws:kafka' }, context)).rejects.toThrow(EventError);
    expect(asked).toEqual([]);
  });
});

describe('the widget', () => {
  const event = { widgetContext: { theme: 'light' }, records: 3 };

  test('is HTML', async () => {
    expect(await handlerOf(async () => report)(event, context)).toMatch(/^<p><strong .*>READY<\/strong>/);
    expect(asked).toMatchObject([{ records: 3 }]);
  });

  test('says why there is none, and no verdict', async () => {
    const html = await handlerOf(() => Promise.reject(trouble))(event, context);

    expect(html).toContain('NO ANSWER</strong> The target cluster (&lt;b&gt;:9096) cannot be reached: &lt;i&gt;');
    expect(html).not.toContain('READY');
  });

  test('is described without a look', async () => {
    expect(await handlerOf(async () => report)({ describe: true }, context)).toMatch(/^## /);
    expect(asked).toEqual([]);
  });
});
