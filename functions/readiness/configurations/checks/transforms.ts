import { type Check, cannotTell, right, wrong } from '../assessment.ts';
import { isReference, type Setting, type SettingReader } from '../setting.ts';

const CODE = 'transforms-differ';

const isOfTransform = (name: string): boolean => /^(transforms|predicates)\./.test(name);

/** The settings of transforms that a config provider resolves in one file or the other. */
const referencesIn = (...readers: readonly SettingReader[]): ReadonlySet<string> =>
  new Set(
    readers.flatMap(({ settings }) =>
      [...settings].flatMap(([name, { value }]) => (isOfTransform(name) && isReference(value) ? [name] : [])),
    ),
  );

/**
 * A connector's transforms with all that configures them, comparable as a text.
 *
 * @param hidden Settings whose value does not count.
 */
const definitionOf = (
  transforms: Setting<readonly string[]>,
  { settings }: SettingReader,
  hidden: ReadonlySet<string> = new Set(),
): string | undefined =>
  transforms.kind === 'known'
    ? JSON.stringify([
        transforms.value,
        [...settings]
          .filter(([name]) => transforms.value.length > 0 && isOfTransform(name))
          .map(([name, { value }]) => [name, hidden.has(name) ? '' : value.trim()])
          .sort(),
      ])
    : undefined;

const shown = (transforms: Setting<readonly string[]>): string =>
  transforms.kind === 'known' && transforms.value.length > 0 ? transforms.value.join(', ') : 'none';

/** Single message transforms change what is copied: both connectors need the same, in the same order. */
export const checkTransforms: Check = ({ mm2, replicator }) => {
  if (!mm2) {
    return [];
  }
  const ofMm2 = definitionOf(mm2.flow.transforms, mm2.flow.connector);
  const ofReplicator = replicator && definitionOf(replicator.transforms, replicator.settings);
  if (ofMm2 === undefined || (replicator && ofReplicator === undefined)) {
    return [
      cannotTell(
        CODE,
        'transforms is a reference to a config provider',
        'make sure that both have the same transforms',
      ),
    ];
  }
  if (!replicator) {
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
  const references = referencesIn(mm2.flow.connector, replicator.settings);
  const isAlikeBesides =
    definitionOf(mm2.flow.transforms, mm2.flow.connector, references) ===
    definitionOf(replicator.transforms, replicator.settings, references);
  if (ofMm2 !== ofReplicator && isAlikeBesides) {
    return [
      cannotTell(
        CODE,
        `${[...references].join(', ')}: a config provider resolves it in one file, and the other's does not say the same`,
        'make sure that both are the same where they are resolved',
      ),
    ];
  }
  return [
    ofMm2 === ofReplicator
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
