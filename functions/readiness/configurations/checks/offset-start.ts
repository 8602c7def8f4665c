import { type Assessment, type Check, cannotTell, right, wrong, wrongLine } from '../assessment.ts';

/** Where Replicator itself would go on, and whether its progress has a second witness on the source. */
export const checkOffsetStart: Check = ({ replicator }) => {
  if (!replicator) {
    return [];
  }
  const { offsetStart, offsetTopicCommit, consumerGroup } = replicator;
  const group = consumerGroup.kind === 'known' ? `"${consumerGroup.value}"` : "named after Replicator's connector";
  const assessments: Assessment[] = [];
  if (offsetStart.kind === 'unknown') {
    assessments.push(
      cannotTell(
        'offset-start-consumer',
        offsetStart.reason,
        'look whether offset.start is "connect" where it is resolved',
        'notes',
      ),
    );
  } else if (offsetStart.value === 'consumer') {
    assessments.push(
      wrong(
        'offset-start-consumer',
        'warns',
        `offset.start is "consumer": Replicator goes on from the source's consumer group ${group}, not from its offsets ` +
          'topic, so after a start the two may differ until it has flushed',
        'do not restart Replicator right before the cutover, or wait until every partition with traffic was flushed; on the ' +
          'way back the group has to be set as well',
      ),
    );
  } else {
    assessments.push(right('offset-start-consumer', `offset.start is "${offsetStart.value}"`));
  }
  if (offsetTopicCommit.kind === 'known' && !offsetTopicCommit.value) {
    assessments.push(
      wrongLine(
        'no-group-offsets',
        'notes',
        `offset.topic.commit is false: Replicator's progress does not stand in the source's consumer group ${group}, so ` +
          'there is no second witness of it',
        offsetTopicCommit.place,
        'true',
        ' (only if you want the witness)',
      ),
    );
  }
  return assessments;
};
