import { type Assessment, type Check, mustBe } from '../assessment.ts';

/** Both connectors' offsets topics. */
export const checkOffsetsTopics: Check = ({ flow, mm2, replicator, replicatorOffsetsTopic }) => {
  const assessments: Assessment[] = [];
  if (mm2) {
    assessments.push(
      mustBe(
        'wrong-offsets-topic',
        'blocks',
        "MM2's offsets topic",
        mm2.flow.offsetsTopic,
        flow.offsetsTopic,
        `MM2 never reads the topic that flow "${flow.name}" writes, and copies everything again`,
      ),
    );
  }
  if (replicator && replicatorOffsetsTopic !== undefined) {
    assessments.push(
      mustBe(
        'wrong-replicator-offsets-topic',
        'blocks',
        "Replicator's offsets topic",
        replicator.offsetsTopic,
        replicatorOffsetsTopic,
        'the offsets that are translated are not those of this Replicator',
        // A connector's file never says it, and the flow's connector has offsets there, or there is a finding of that.
        'notes',
      ),
    );
  }
  return assessments;
};
