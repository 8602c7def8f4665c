import { describe, expect, test } from '@jest/globals';
import type { Finding, Severity } from '../../../functions/readiness/finding.ts';
import { verdictOf } from '../../../functions/readiness/verdict.ts';

const finding = (severity: Severity, code = 'some-code'): Finding => ({ code, severity, message: '', fix: '' });
const proven = (...findings: readonly Finding[]) => ({ proven: true, findings });
const unproven = { proven: false, findings: [finding('warns', 'unproven')] };

describe('the verdict', () => {
  test('is READY where every partition is proven, and nothing blocks or is waited for', () => {
    expect(verdictOf({ partitions: [proven(), proven(finding('notes'))], findings: [finding('warns')] })).toBe('READY');
  });

  test('is CANNOT TELL where a partition is not proven, a finding is a doubt, or there is nothing to look at', () => {
    expect(verdictOf({ partitions: [proven(), unproven], findings: [] })).toBe('CANNOT TELL');
    expect(verdictOf({ partitions: [proven()], findings: [finding('warns', 'converters-unknown')] })).toBe(
      'CANNOT TELL',
    );
    expect(verdictOf({ partitions: [], findings: [] })).toBe('CANNOT TELL');
  });

  test('is READY in spite of what cannot be told and could not make MM2 go on elsewhere', () => {
    expect(verdictOf({ partitions: [proven()], findings: [finding('notes', 'acl-sync-unknown')] })).toBe('READY');
  });

  test('is NOT YET where something is waited for, proven or not', () => {
    expect(verdictOf({ partitions: [proven(finding('waits')), unproven], findings: [] })).toBe('NOT YET');
    expect(verdictOf({ partitions: [], findings: [finding('waits')] })).toBe('NOT YET');
  });

  test('is BLOCKED where anything blocks, whatever else there is', () => {
    expect(verdictOf({ partitions: [proven(finding('blocks')), unproven], findings: [finding('waits')] })).toBe(
      'BLOCKED',
    );
    expect(verdictOf({ partitions: [unproven], findings: [finding('blocks')] })).toBe('BLOCKED');
  });
});
