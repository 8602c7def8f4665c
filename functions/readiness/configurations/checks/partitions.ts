import { type Check, mustBe } from '../assessment.ts';

/** MM2 always copies a record to the partition that it has in the source. */
export const checkPartitions: Check = ({ replicator }) =>
  replicator
    ? [
        mustBe(
          'partitions-not-preserved',
          'warns',
          "Replicator's topic.preserve.partitions",
          replicator.preservePartitions,
          true,
          'Replicator places records anew and MM2 does not, so a key changes its partition at the cutover, its order with ' +
            'it; and no partition can be proven from its records',
        ),
      ]
    : [];
