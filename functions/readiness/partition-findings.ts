import type { Finding } from './finding.ts';
import type { PartitionState } from './partition-state.ts';
import { nextOf, type Prediction } from './prediction.ts';
import { REMOVE_TWIN } from './repairs.ts';
import { disagreementOf } from './replicator-progress.ts';

/** What {@link findingsOf} goes by. */
interface Facts {
  readonly state: PartitionState;
  readonly prediction: Prediction | undefined;
  readonly trueNext: bigint | undefined;
}

const finding = (code: string, severity: Finding['severity'], message: string, fix: string): Finding => ({
  code,
  severity,
  message,
  fix,
});

const records = (count: number | undefined): string =>
  count === undefined ? 'an unknown number of records' : `${count} ${count === 1 ? 'record' : 'records'}`;

const REPAIR = 'set the offset with "npx mm2-migration repair"';

/** What is wrong with the value that MM2 has stored, as a value. */
const valueFindings = ({ state: { mm2, replicator, unreachable } }: Facts): readonly Finding[] => {
  const stored = mm2?.stored ?? { kind: 'none' };
  switch (stored.kind) {
    case 'fatal':
      return [
        finding(
          'fatal-value',
          'blocks',
          `MM2's task dies of the stored value: ${stored.reason}`,
          `write a whole number or a tombstone under this key before MM2 starts, or ${REPAIR}`,
        ),
      ];
    case 'ignored':
      return [
        finding(
          'ignored-value',
          'blocks',
          `MM2 takes the stored value for no offset, and copies everything again: ${stored.reason}`,
          REPAIR,
        ),
      ];
    case 'none':
      if (replicator?.next === undefined) {
        return [];
      }
      return unreachable.length > 0
        ? [finding('missing', 'blocks', 'MM2 finds no offset, though some other key seems to hold one', REPAIR)]
        : [
            finding(
              'missing',
              'waits',
              `Replicator has stored ${replicator.next - 1n}, and MM2 has nothing: it would copy everything again`,
              "wait until the sync has written it; if it does not, look at the event source's lag and the sync's log",
            ),
          ];
    case 'usable':
      return [];
  }
};

const HAND_BACK = 'hand the key back to the sync by a tombstone with the header "mm2-migration: handed-back"';

/** MM2's offset is MM2's own, or a person's: right or wrong by the records, and without them a doubt. */
const takenOver = (
  next: bigint,
  replicatorNext: bigint | undefined,
  trueNext: bigint | undefined,
  prediction: Prediction | undefined,
): Finding => {
  const message =
    `MM2 or a person wrote MM2's offset ${next - 1n}, and the sync leaves it alone` +
    (replicatorNext === undefined ? '' : `; Replicator's is ${replicatorNext - 1n}`);
  const isRight =
    trueNext === undefined
      ? next === replicatorNext
      : prediction?.kind === 'starts' && prediction.copiedAgain === 0 && prediction.skipped === 0;
  if (isRight) {
    return finding('taken-over', 'notes', message, `nothing, if MM2 has taken over; else ${HAND_BACK}`);
  }
  // After Replicator's it may be where MM2 has come to meanwhile.
  const isDoubtful = trueNext === undefined && (replicatorNext === undefined || next > replicatorNext);
  return finding('taken-over', isDoubtful ? 'warns' : 'blocks', message, `if MM2 has not taken over, ${HAND_BACK}`);
};

/** How MM2's next offset stands to Replicator's and to the true one. */
const orderFindings = ({ state, trueNext, prediction }: Facts): readonly Finding[] => {
  const { mm2, replicator, range } = state;
  const next = mm2 && nextOf(mm2.stored);
  const replicatorNext = replicator?.next;
  const found: Finding[] = [];
  if (next === undefined || prediction?.kind === 'dies') {
    return found;
  }
  const counts = `${records(prediction?.copiedAgain)} again, and ${records(prediction?.skipped)} by nobody`;
  if (range && next > range.end) {
    found.push(
      finding(
        'out-of-range',
        'blocks',
        `MM2's next offset ${next} lies beyond the end ${range.end} of the source partition (a topic created anew, or ` +
          `another cluster): MM2 begins with the earliest record and copies ${records(prediction?.copiedAgain)} again`,
        'make sure that it is the right source cluster and topic; then let Replicator copy the new topic and flush, or reset the offset',
      ),
    );
    return found;
  }
  if (range && next < range.start && range.start === range.end) {
    found.push(
      finding(
        'out-of-range',
        'notes',
        `MM2's next offset ${next} has expired with everything else: the source partition is empty from ${range.start} on, so ` +
          'nothing can be copied again or skipped',
        'nothing',
      ),
    );
  } else if (range && next < range.start) {
    found.push(
      finding(
        'out-of-range',
        'blocks',
        `MM2's next offset ${next} has expired: the source partition begins at ${range.start}. MM2 begins there, and ` +
          `copies ${counts}`,
        'let Replicator catch up before the cutover; what has expired on the source nobody can copy any more',
      ),
    );
    return found;
  }
  // What the sync counts may be more than what was copied: a key that Replicator never reads.
  if (replicatorNext !== undefined && next < replicatorNext && next !== trueNext && mm2?.by === 'the-sync') {
    found.push(
      finding(
        'behind',
        'waits',
        `MM2's next offset is ${next}, Replicator's ${replicatorNext}: the sync has not written it yet`,
        "wait until the sync has written it; if it does not, look at the event source's lag and the sync's log",
      ),
    );
  }
  const copied = trueNext ?? replicatorNext;
  // What MM2 or a person wrote may well lie after Replicator's, once MM2 has taken over: only records tell.
  const isTold = trueNext !== undefined || mm2?.by === 'the-sync';
  if (isTold && copied !== undefined && next > copied && prediction?.skipped !== 0) {
    found.push(
      finding(
        'ahead',
        'blocks',
        `MM2's next offset ${next} lies after ${trueNext === undefined ? "Replicator's" : 'the true one'}, ${copied}: ` +
          `MM2 would skip ${records(prediction?.skipped)}`,
        REPAIR,
      ),
    );
  }
  if (mm2?.by === 'somebody-else') {
    found.push(takenOver(next, replicatorNext, trueNext, prediction));
  }
  return found;
};

const staleFindings = ({ state: { replicator, willFlush }, trueNext, prediction }: Facts): readonly Finding[] => {
  const next = replicator?.next;
  if (next === undefined || trueNext === undefined || next >= trueNext) {
    return [];
  }
  const again = prediction?.kind === 'starts' ? prediction.copiedAgain : undefined;
  // MM2 may have gone beyond already: Replicator's offset counts no more.
  if (again === 0) {
    return [];
  }
  const behind = `Replicator's next offset is ${next}, but the copies in the target reach ${trueNext}`;
  return [
    willFlush
      ? finding(
          'stale',
          'waits',
          `${behind}: it is copying at the moment, and has not flushed yet. MM2 would copy ${records(again)} again`,
          'wait for its next flush and for the sync; as long as records arrive there are new ones, so stop Replicator ' +
            'cleanly before the cutover',
        )
      : finding(
          'stale',
          'blocks',
          `${behind}: it was killed, or has not flushed yet. MM2 would copy ${records(again)} again`,
          `stop Replicator cleanly, so that it flushes, and wait for the sync; where it was killed, ${REPAIR}`,
        ),
  ];
};

const evidenceFindings = ({ state: { evidence, range } }: Facts): readonly Finding[] => {
  if (evidence.kind === 'not-compared') {
    return [
      finding('unproven', 'warns', `nothing was compared: ${evidence.reason}`, 'give verify what it needs to compare'),
    ];
  }
  const { proof, tally } = evidence;
  const found = proof.gaps.map(({ from, to, records: count }) =>
    finding(
      'gap',
      'blocks',
      `${records(count)} of the source, ${from === to ? `offset ${from}` : `offsets ${from} to ${to}`}, ` +
        `${count === 1 ? 'has' : 'have'} no copy in the target, and MM2 will not copy ${count === 1 ? 'it' : 'them'} either`,
      "find out why they were left out (a transform, errors.tolerance, an offset that was set forward); set MM2's offset " +
        'before them if they are to be copied, and what follows again',
    ),
  );
  if (tally?.kind === 'counted' && tally.lost > 0 && found.length === 0) {
    found.push(
      finding(
        'gap',
        'blocks',
        `${records(tally.lost)} of ${tally.compared} compared have no copy in the target`,
        'find out why they were left out (a transform, errors.tolerance, an offset that was set forward)',
      ),
    );
  }
  if (proof.kind === 'unproven') {
    found.push(
      finding(
        'unproven',
        'warns',
        `the true next offset cannot be told: ${proof.reason}`,
        proof.cause === 'boundary-expired' && range
          ? 'let Replicator catch up with the source before it expires'
          : 'compare more records with --records, or decide by the offsets alone',
      ),
    );
  }
  return found;
};

const keyFindings = ({ state: { mm2, replicator, unreachable } }: Facts): readonly Finding[] => {
  const found: Finding[] = [];
  for (const { key, reason, sameNames } of unreachable) {
    found.push(
      finding(
        'unreachable-key',
        sameNames && mm2 === undefined ? 'blocks' : 'warns',
        `MM2 never finds the key ${key}: ${reason}`,
        sameNames
          ? 'remove it with a tombstone under the very same bytes, lest anybody takes it for the offset'
          : 'if it is meant for this flow, correct the connector, the alias or the configuration of the sync',
      ),
    );
  }
  if (mm2?.ambiguity) {
    found.push(
      finding(
        'ambiguous-key',
        mm2.ambiguity.includes('still open') ? 'waits' : 'blocks',
        `MM2's offset is not certain: ${mm2.ambiguity}`,
        'write the right value last in the partition that Kafka’s default partitioner picks, and a tombstone in the others',
      ),
    );
  }
  if (replicator?.ambiguity) {
    found.push(
      finding(
        'ambiguous-key',
        disagreementOf(replicator) === undefined ? 'warns' : 'blocks',
        `Replicator's offset is not certain: ${replicator.ambiguity}`,
        REMOVE_TWIN,
      ),
    );
  }
  return found;
};

/** Whether nothing at all is stored of a source partition that has records, and nothing else tells where to begin. */
const coverageFindings = ({
  state: { mm2, replicator, range, copied, willFlush },
  trueNext,
}: Facts): readonly Finding[] => {
  const hasNothing = replicator?.next === undefined && (mm2 === undefined || mm2.stored.kind === 'none');
  if (!hasNothing || range === undefined || range.start === range.end || trueNext !== undefined) {
    return [];
  }
  const nothing = 'neither Replicator nor MM2 has an offset for this partition, and it is not empty';
  if (copied === undefined || copied.end === 0n || willFlush) {
    return [
      finding(
        'uncovered',
        'waits',
        `${nothing}: MM2 would copy all of it`,
        'wait until Replicator has copied and flushed it; if it never will, check that it covers the topic',
      ),
    ];
  }
  return [
    finding(
      'uncovered',
      'blocks',
      `${nothing}, but the target partition has had ${copied.end} offsets: MM2 would copy all of it again`,
      'if Replicator has begun it and was killed, start it again until it has flushed; if something else writes to the ' +
        'target topic, leave the topic out of MM2, or delete what stands there',
    ),
  ];
};

/** Everything to know of one source partition. */
export const findingsOf = (
  state: PartitionState,
  prediction: Prediction | undefined,
  trueNext: bigint | undefined,
): readonly Finding[] => {
  const facts: Facts = { state, prediction, trueNext };
  return [
    ...valueFindings(facts),
    ...orderFindings(facts),
    ...staleFindings(facts),
    ...coverageFindings(facts),
    ...keyFindings(facts),
    ...evidenceFindings(facts),
  ];
};
