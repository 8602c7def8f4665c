import { type Assessment, type Check, cannotTell, right, wrong } from '../assessment.ts';
import type { Mm2Flow, ParsedMm2 } from '../mm2-configuration.ts';
import { knownValue } from '../setting.ts';

const reverseOf = ({ flows }: ParsedMm2, { sourceAlias, targetAlias }: Mm2Flow): Mm2Flow | undefined => {
  const [source, target] = [knownValue(sourceAlias), knownValue(targetAlias)];
  return flows.find(
    (other) =>
      source !== undefined &&
      target !== undefined &&
      knownValue(other.sourceAlias) === target &&
      knownValue(other.targetAlias) === source &&
      other.enabled.kind === 'known' &&
      other.enabled.value,
  );
};

const keepsNames = ({ replicationPolicy }: Mm2Flow): boolean =>
  replicationPolicy.kind === 'known' && replicationPolicy.value.kind === 'identity';

/**
 * Replicator with provenance headers skips records that came from the target; MM2 knows no such header. With unchanged
 * topic names nothing else keeps records from going round (IdentityReplicationPolicy's documentation).
 */
export const checkProvenance: Check = ({ mm2, replicator }) => {
  const assessments: Assessment[] = [];
  const reverse = mm2 && reverseOf(mm2.configuration, mm2.flow);
  if (mm2 && reverse) {
    assessments.push(
      keepsNames(mm2.flow) && keepsNames(reverse)
        ? wrong(
            'cycle',
            'blocks',
            'MM2 copies in both directions and keeps topic names: each record that both directions take goes round forever',
            'let the two directions copy different topics (topics, topics.exclude), or switch one of them off',
          )
        : right('cycle', 'MM2 copies in both directions, and topic names tell where a record comes from'),
    );
  }
  if (!replicator) {
    return assessments;
  }
  const { provenanceHeader } = replicator;
  if (provenanceHeader.kind === 'unknown') {
    return [
      ...assessments,
      cannotTell(
        'provenance-filter',
        provenanceHeader.reason,
        'look whether provenance.header.enable is false where it is resolved',
        'notes',
      ),
    ];
  }
  return [
    ...assessments,
    provenanceHeader.value
      ? wrong(
          'provenance-filter',
          'warns',
          'provenance.header.enable is true: Replicator adds a header to each copy and skips records that came from the ' +
            'target; MM2 does neither',
          'where something copies from the target back to the source, keep the two apart by topics or topic names before ' +
            'MM2 starts; readers must not need the header __replicator_id',
        )
      : right('provenance-filter', 'provenance.header.enable is false'),
  ];
};
