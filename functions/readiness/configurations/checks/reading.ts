import { type Assessment, type Check, cannotTell, right, wrongLine } from '../assessment.ts';

/** Whether both see the same records of transactions, and do the copying with as many hands. */
export const checkReading: Check = ({ mm2, replicator }) => {
  if (!mm2 || !replicator) {
    return [];
  }
  const assessments: Assessment[] = [];
  const [ofMm2, ofReplicator] = [mm2.flow.isolationLevel, replicator.isolationLevel];
  if (ofMm2.kind === 'unknown' || ofReplicator.kind === 'unknown') {
    assessments.push(
      cannotTell(
        'isolation-differs',
        ofMm2.kind === 'unknown' ? ofMm2.reason : ofReplicator.kind === 'unknown' ? ofReplicator.reason : '',
        'make sure that both read with the same isolation.level',
        'notes',
      ),
    );
  } else {
    assessments.push(
      ofMm2.value === ofReplicator.value
        ? right('isolation-differs', `both read ${ofMm2.value}`)
        : wrongLine(
            'isolation-differs',
            'warns',
            `Replicator reads ${ofReplicator.value}, MM2 ${ofMm2.value}: only one of them copies records of aborted transactions`,
            ofMm2.place,
            ofReplicator.value,
          ),
    );
  }
  const [mm2Tasks, replicatorTasks] = [mm2.flow.tasksMax, replicator.tasksMax];
  if (mm2Tasks.kind === 'known' && replicatorTasks.kind === 'known' && mm2Tasks.value < replicatorTasks.value) {
    assessments.push(
      wrongLine(
        'fewer-tasks',
        'notes',
        `MM2 copies with tasks.max ${mm2Tasks.value}, Replicator with ${replicatorTasks.value}: MM2 may not keep up`,
        mm2Tasks.place,
        String(replicatorTasks.value),
      ),
    );
  }
  return assessments;
};
