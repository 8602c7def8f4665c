import { describe, expect, test } from '@jest/globals';
import fc from 'fast-check';
import { parseMm2 } from '../../../cli/configurations/mm2-configuration.ts';
import { flowsOf } from '../../../cli/mm2-config/flows.ts';
import { FORMS } from '../../../cli/mm2-config/form.ts';
import { ENDINGS, type Generated, generate } from '../../../cli/mm2-config/generate.ts';
import type { PlanInput } from '../../../cli/mm2-config/plan.ts';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { checkConfigurations } from '../../../functions/readiness/configurations/check-configurations.ts';
import { aPlanInput } from './a-plan.ts';
import { someInputs, topicName } from './some-inputs.ts';

const fileOf = ({ form }: PlanInput) => `mm2${ENDINGS[form]}`;
const written = (input: PlanInput): Generated => generate(input, fileOf(input));
const readBack = (input: PlanInput, { text }: Generated) => parseMm2({ file: fileOf(input), bytes: Buffer.from(text) });
const everything = ({ text, worker, explanation }: Generated) => [text, worker ?? '', ...explanation].join('\n');

/** Of topics that only Replicator can copy: the output tells them. */
const TOLD = 'topic-never-copied';

describe('whatever Replicator is configured with', () => {
  test('nothing is written that the checks refuse, and what MM2 cannot do is said', () => {
    fc.assert(
      fc.property(someInputs, (input) => {
        const generated = written(input);

        const blocking = generated.findings.filter(({ severity }) => severity === 'blocks');
        expect(blocking.filter(({ code }) => code !== TOLD)).toEqual([]);
        for (const { message } of blocking) {
          expect(everything(generated)).toContain(message);
        }
        // So that every program reads it alike, and nothing in it acts upon a terminal.
        expect(`${generated.text}${generated.worker ?? ''}`).toMatch(/^[\n -~]*$/);
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test("no topic of the source is left out or added that the checks know of, whatever the source's topics are", () => {
    fc.assert(
      fc.property(someInputs, fc.uniqueArray(topicName, { maxLength: 12 }), (input, source) => {
        const mm2 = readBack(input, written(input));

        const findings = checkConfigurations({
          flows: [input.flow],
          mm2,
          replicator: input.replicator,
          topics: { source },
        });
        const codes = findings.filter(({ severity }) => severity === 'blocks').map(({ code }) => code);
        expect(codes.filter((code) => code !== TOLD)).toEqual([]);
        expect(findings.map(({ code }) => code)).not.toContain('topic-added');
      }),
      { numRuns: 150 },
    );
  }, 60_000);

  test('the flow can be read back from both configurations', () => {
    fc.assert(
      fc.property(someInputs, (input) => {
        const { replicator, flow } = input;
        fc.pre(replicator.connectorName.kind === 'known');

        const options = flowsOf(replicator, readBack(input, written(input)), undefined);

        const [read] = parseConfiguration('flows', options).flows;
        expect(read).toEqual({ ...flow, name: flow.replicatorConnector });
      }),
      { numRuns: 60 },
    );
  }, 60_000);
});

test.each(FORMS)('%s: with a plain Replicator nothing but notes is left to say', (form) => {
  const generated = written(aPlanInput(form));

  expect(generated.findings.filter(({ severity }) => severity !== 'notes')).toEqual([]);
});

test('JSON is valid, creates a connector that is stopped, and has its reasons beside it', () => {
  const { text, explanation } = written(aPlanInput('connect'));

  const json = JSON.parse(text);
  expect(json).toMatchObject({ name: 'mm2', initial_state: 'STOPPED' });
  for (const name of Object.keys(json.config)) {
    expect(explanation.some((line) => line.startsWith(`${name}: `))).toBe(true);
  }
});

test.each(['dedicated', 'strimzi'] as const)(
  '%s: the line before each setting of a connector is its reason',
  (form) => {
    const lines = written(aPlanInput(form)).text.split('\n');

    const settings = lines.flatMap((line, index) =>
      /replication\.factor|auto\.offset\.reset/.test(line) && !/^\s*#/.test(line) ? [index] : [],
    );
    expect(settings.length).toBeGreaterThan(1);
    for (const index of settings) {
      expect(lines[index - 1]).toMatch(/^\s*# \S/);
    }
  },
);

test('a topic that MM2 never copies blocks, and the output says what to do', () => {
  const generated = written(aPlanInput('dedicated', { 'topic.whitelist': 'orders,__users' }));

  expect(generated.text).toMatch(/^# BLOCKS topic-never-copied: .*"__users".* To do: rename the topic/m);
});
