import { type Check, mustBe } from '../assessment.ts';

/** With LogAppendTime the target topics stamp copies themselves. */
export const checkTimestamps: Check = ({ replicator }) =>
  replicator
    ? [
        mustBe(
          'timestamps-differ',
          'notes',
          "Replicator's topic.timestamp.type",
          replicator.timestampType,
          'CreateTime',
          "topics that Replicator created give copies a time of their own; topics that MM2 creates follow the brokers' default " +
            '(it never copies message.timestamp.type)',
        ),
      ]
    : [];
