import { type Assessment, type Check, cannotTell, mustBe, right, wrong } from '../assessment.ts';
import { BYTE_ARRAY_CONVERTER, type ConverterRole } from '../mm2-configuration.ts';
import type { Setting } from '../setting.ts';

const ROLES: readonly ConverterRole[] = ['key', 'value', 'header'];

/** Replicator's own, the default of its source side, which leaves bytes alone as Connect's does (its reference). */
const REPLICATORS_BYTE_ARRAY_CONVERTER = 'io.confluent.connect.replicator.util.ByteArrayConverter';

const ofReplicator = (subject: string, setting: Setting<string>): Assessment => {
  if (setting.kind === 'unknown') {
    return cannotTell(
      'replicator-re-encodes',
      `whether ${subject} leaves the bytes alone: ${setting.reason}`,
      `look into the workers' configuration: with ${BYTE_ARRAY_CONVERTER} the copies are byte for byte`,
      // The records tell: copies of other bytes prove nothing.
      'notes',
    );
  }
  return [BYTE_ARRAY_CONVERTER, REPLICATORS_BYTE_ARRAY_CONVERTER].includes(setting.value)
    ? right('replicator-re-encodes', `${subject} is ${setting.value}`)
    : wrong(
        'replicator-re-encodes',
        'warns',
        `${subject} is ${JSON.stringify(setting.value)}: Replicator's copies differ from their source records, and MM2's ` +
          'will be the source records as they are',
        'make sure that the readers of the target topics take both; contents cannot be compared, so nothing is proven',
      );
};

/** Copies are byte for byte only with ByteArrayConverter everywhere; a connector inherits its worker's otherwise. */
export const checkConverters: Check = ({ mm2, replicator }) => [
  ...(mm2
    ? ROLES.map((role) =>
        mustBe(
          'mm2-re-encodes',
          'blocks',
          `MM2's ${role}.converter`,
          mm2.flow.converters[role],
          BYTE_ARRAY_CONVERTER,
          "MM2's copies are not byte for byte, or its task dies",
        ),
      )
    : []),
  ...(replicator
    ? ROLES.flatMap((role) => [
        ofReplicator(`Replicator's src.${role}.converter`, replicator.sourceConverters[role]),
        ofReplicator(`Replicator's ${role}.converter`, replicator.targetConverters[role]),
      ])
    : []),
];
