import { expect, test } from '@jest/globals';
import { checkIgnoredSettings } from '../../../../../functions/readiness/configurations/checks/ignored-settings.ts';
import { aDedicatedMm2, aSubject, faultsOf, lineOfFinding } from '../a-configuration.ts';

test.each([
  ['offset.flush.interval.ms', '7: backup.offset.flush.interval.ms=x'],
  ['exactly.once.source.support', '7: backup.exactly.once.source.support=x'],
  ['consumer.auto.offset.reset', '7: primary.consumer.auto.offset.reset=x'],
  ['offsets.storage.topic', '7: primary->backup.offsets.storage.topic=x'],
])('%s without a prefix does nothing', (key, line) => {
  const subject = aSubject({ mm2: aDedicatedMm2({ [key]: 'x' }) });
  expect(faultsOf(checkIgnoredSettings, subject)).toEqual(['warns setting-ignored']);
  expect(lineOfFinding(checkIgnoredSettings, subject)).toBe(line);
});

test('the old name of topics.exclude does nothing', () => {
  const mm2 = aDedicatedMm2({ 'primary->backup.topics.blacklist': 'a' });
  expect(faultsOf(checkIgnoredSettings, aSubject({ mm2 }))).toEqual(['warns setting-ignored']);
});

test('nothing is ignored', () => {
  expect(faultsOf(checkIgnoredSettings, aSubject())).toEqual([]);
});
