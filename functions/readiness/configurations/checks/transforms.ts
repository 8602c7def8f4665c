import { type Check, cannotTell, right, wrong } from '../assessment.ts';
import { isReference, knownValue, type Setting, type SettingReader } from '../setting.ts';

const CODE = 'transforms-differ';

/** The settings of the transforms and predicates that are listed; what is written of others does nothing. */
export const settingsOfTransforms = (
  transforms: readonly string[],
  { settings, list }: SettingReader,
): readonly (readonly [name: string, value: string])[] => {
  // A predicate does something only for a transform.
  const predicates = transforms.length === 0 ? [] : (knownValue(list('predicates', '')) ?? []);
  const prefixes = [
    ...transforms.map((name) => `transforms.${name}.`),
    ...predicates.map((name) => `predicates.${name}.`),
  ];
  return [...settings].flatMap(([name, { value }]) =>
    prefixes.some((prefix) => name.startsWith(prefix)) ? [[name, value.trim()] as const] : [],
  );
};

interface Transforms {
  readonly names: readonly string[];
  readonly settings: ReadonlyMap<string, string>;
}

const transformsOf = (transforms: Setting<readonly string[]>, reader: SettingReader): Transforms | undefined =>
  transforms.kind === 'known'
    ? { names: transforms.value, settings: new Map(settingsOfTransforms(transforms.value, reader)) }
    : undefined;

/** The transforms with all that configures them, comparable as a text; a hidden setting's value does not count. */
const definitionOf = ({ names, settings }: Transforms, hidden: ReadonlySet<string> = new Set()): string =>
  JSON.stringify([names, [...settings].map(([name, value]) => [name, hidden.has(name) ? '' : value]).sort()]);

/** Settings that a config provider resolves in one file or the other. */
const referencesIn = (...all: readonly Transforms[]): ReadonlySet<string> =>
  new Set(all.flatMap(({ settings }) => [...settings].flatMap(([name, value]) => (isReference(value) ? [name] : []))));

const shown = (transforms: Setting<readonly string[]>): string =>
  transforms.kind === 'known' && transforms.value.length > 0 ? transforms.value.join(', ') : 'none';

/** Single message transforms change what is copied: both connectors need the same, in the same order. */
export const checkTransforms: Check = ({ mm2, replicator }) => {
  if (!mm2) {
    return [];
  }
  const ofMm2 = transformsOf(mm2.flow.transforms, mm2.flow.connector);
  const ofReplicator = replicator && transformsOf(replicator.transforms, replicator.settings);
  if (ofMm2 === undefined || (replicator && ofReplicator === undefined)) {
    return [
      cannotTell(
        CODE,
        'transforms is a reference to a config provider',
        'make sure that both have the same transforms',
      ),
    ];
  }
  if (!replicator || ofReplicator === undefined) {
    return shown(mm2.flow.transforms) === 'none'
      ? []
      : [
          cannotTell(
            CODE,
            `MM2 has transforms (${shown(mm2.flow.transforms)}), and Replicator's configuration was not given`,
            'make sure that Replicator has the same, or give its configuration',
          ),
        ];
  }
  const isAlike = definitionOf(ofMm2) === definitionOf(ofReplicator);
  const references = referencesIn(ofMm2, ofReplicator);
  if (!isAlike && definitionOf(ofMm2, references) === definitionOf(ofReplicator, references)) {
    return [
      cannotTell(
        CODE,
        `${[...references].join(', ')}: a config provider resolves it in one file, and the other's does not say the same`,
        'make sure that both are the same where they are resolved',
      ),
    ];
  }
  return [
    isAlike
      ? right(CODE, `both have the same transforms: ${shown(mm2.flow.transforms)}`)
      : wrong(
          CODE,
          'blocks',
          `Replicator's transforms are ${shown(replicator.transforms)}, MM2's are ${shown(mm2.flow.transforms)}, and they are ` +
            'not configured alike: what MM2 copies differs from what Replicator copied',
          'give MM2 the same transforms, with the same settings and in the same order (their classes must be on its plugin path)',
        ),
  ];
};
