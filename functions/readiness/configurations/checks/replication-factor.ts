import { type Check, cannotTell, right, wrongLine } from '../assessment.ts';

/** Of the topics that MM2 creates; those that Replicator created keep theirs. */
export const checkReplicationFactor: Check = ({ mm2 }) => {
  if (!mm2) {
    return [];
  }
  const { replicationFactor } = mm2.flow;
  if (replicationFactor.kind === 'unknown') {
    return [
      cannotTell(
        'replication-factor',
        replicationFactor.reason,
        'make sure that replication.factor is at least 3, or -1',
        'notes',
      ),
    ];
  }
  const { value, place } = replicationFactor;
  // -1 is the brokers' own default.
  return value === -1 || value >= 3
    ? [right('replication-factor', `replication.factor is ${value}`)]
    : [
        wrongLine(
          'replication-factor',
          'warns',
          `replication.factor is ${value}${place.line === undefined ? ', by default' : ''}: topics that MM2 creates get as many ` +
            'replicas; Replicator takes the number from the source',
          place,
          '3',
          " (or -1 for the brokers' default; fewer where the target has fewer brokers)",
        ),
      ];
};
