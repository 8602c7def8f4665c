import { describe, expect, test } from '@jest/globals';
import { FLUSHES_WITHIN_MS, type FlushOutlook, willFlush } from '../../../functions/readiness/flush-outlook.ts';

const AT = Date.parse('2026-11-24T09:00:00.000Z');
const LONG_AGO = AT - 3_600_000;

const outlook = (more: Partial<FlushOutlook>): boolean =>
  willFlush({ isCopying: true, flushedAt: LONG_AGO, unflushedSince: LONG_AGO, at: AT, ...more });

describe('a flush is to come by itself', () => {
  test('where Replicator is at work, and stored the offset less than two intervals ago', () => {
    expect(outlook({ flushedAt: AT - FLUSHES_WITHIN_MS + 1 })).toBe(true);
    expect(outlook({ flushedAt: AT - FLUSHES_WITHIN_MS })).toBe(false);
  });

  test('where it is at work, and what is not stored arrived less than two intervals ago, after a long pause', () => {
    expect(outlook({ unflushedSince: AT - FLUSHES_WITHIN_MS + 1 })).toBe(true);
    expect(outlook({ unflushedSince: AT - FLUSHES_WITHIN_MS })).toBe(false);
    expect(outlook({ unflushedSince: undefined })).toBe(false);
  });

  test('not where nothing is copied any more, however young the last flush is', () => {
    expect(outlook({ isCopying: false, flushedAt: AT - 1_000, unflushedSince: AT - 500 })).toBe(false);
  });

  test('though clocks differ by seconds; and not for a time that a wrong clock has put into the future', () => {
    expect(outlook({ flushedAt: AT + 5_000 })).toBe(true);
    expect(outlook({ unflushedSince: AT + 86_400_000 })).toBe(false);
  });
});
