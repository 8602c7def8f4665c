import { type Assessment, type Check, cannotTell, right, wrong, wrongLine } from '../assessment.ts';
import type { Mm2Flow } from '../mm2-configuration.ts';
import type { ParsedReplicator } from '../replicator-configuration.ts';

const checkAcls = ({ syncTopicAcls }: Mm2Flow): Assessment => {
  if (syncTopicAcls.kind === 'unknown') {
    return cannotTell(
      'acl-sync',
      syncTopicAcls.reason,
      'make sure that sync.topic.acls.enabled is what you want',
      'notes',
    );
  }
  return syncTopicAcls.value
    ? wrongLine(
        'acl-sync',
        'warns',
        `sync.topic.acls.enabled is true${syncTopicAcls.place.line === undefined ? ', by default' : ''}: every 10 minutes MM2 ` +
          "adds the source's rights on each topic, all but writing, to the target, which Replicator does not do; without the " +
          'right to read them it logs errors',
        syncTopicAcls.place,
        'false',
      )
    : right('acl-sync', 'sync.topic.acls.enabled is false');
};

const checkConfigs = ({ syncTopicConfigs }: Mm2Flow, replicator?: ParsedReplicator): readonly Assessment[] => {
  if (syncTopicConfigs.kind === 'unknown') {
    return [
      cannotTell(
        'config-sync',
        syncTopicConfigs.reason,
        'make sure that sync.topic.configs.enabled is what you want',
        'notes',
      ),
    ];
  }
  if (replicator?.topicConfigSync.kind !== 'known') {
    return [];
  }
  const [ofMm2, ofReplicator] = [syncTopicConfigs.value, replicator.topicConfigSync.value];
  if (ofMm2 === ofReplicator) {
    return [right('config-sync', `both ${ofMm2 ? 'copy' : 'leave'} the configuration of topics`)];
  }
  return [
    wrongLine(
      'config-sync',
      'warns',
      ofMm2
        ? "Replicator leaves the target topics' configuration alone (topic.config.sync is false), MM2 sets it to the source's " +
            'every 10 minutes and undoes what was set on the target'
        : "Replicator keeps the target topics' configuration equal to the source's (topic.config.sync is true), MM2 will not",
      syncTopicConfigs.place,
      String(ofReplicator),
    ),
  ];
};

const checkGroups = ({ syncGroupOffsets }: Mm2Flow, replicator?: ParsedReplicator): readonly Assessment[] =>
  syncGroupOffsets.kind === 'known' && !syncGroupOffsets.value && replicator
    ? [
        wrong(
          'group-offsets-not-synced',
          'notes',
          'sync.group.offsets.enabled is false: MM2 writes checkpoints and does not move consumer groups on the target, which ' +
            'Replicator does for consumers with its timestamp interceptor',
          `set ${syncGroupOffsets.place.key}=true if consumers are to be moved by it; a group gets nothing before it has passed ` +
            'the cutover on the source',
        ),
      ]
    : [];

/** What MM2 carries over besides records: rights, topic configurations, consumer groups. */
export const checkSynchronisation: Check = ({ mm2, replicator }) =>
  mm2 ? [checkAcls(mm2.flow), ...checkConfigs(mm2.flow, replicator), ...checkGroups(mm2.flow, replicator)] : [];
