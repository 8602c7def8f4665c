import { DEFAULT_POLICY, IDENTITY_POLICY } from '../../functions/readiness/configurations/mm2-configuration.ts';
import {
  type ParsedReplicator,
  TOPIC_PLACEHOLDER as TOPIC,
} from '../../functions/readiness/configurations/replicator-configuration.ts';
import type { Mm2Setting } from './mm2-setting.ts';
import { required } from './topic-lists.ts';

/** Stands for a class that somebody has yet to write: MM2 does not start until its name is there instead. */
const OWN_POLICY = 'write.a.ReplicationPolicy.and.name.it.here';

const policy = (value: string, reason: string): Mm2Setting => ({
  reach: 'connectors',
  name: 'replication.policy.class',
  value,
  reason,
});

/** What stands between the alias and the topic, where MM2's default policy gives a format's names. */
const separatorOf = (format: string, sourceAlias: string): string | undefined => {
  const prefix = format.endsWith(TOPIC) ? format.slice(0, -TOPIC.length) : '';
  const separator = prefix.startsWith(sourceAlias) ? prefix.slice(sourceAlias.length) : '';
  return /^[\w.-]+$/.test(separator) ? separator : undefined;
};

/**
 * The settings with which MM2 calls the target's topics as Replicator does (`topic.rename.format`).
 *
 * @throws ConfigurationError when the file does not tell the format
 */
export const topicNames = ({ topicRenameFormat }: ParsedReplicator, sourceAlias: string): readonly Mm2Setting[] => {
  const format = required(topicRenameFormat);
  if (format === TOPIC) {
    return [
      policy(
        IDENTITY_POLICY,
        `Replicator keeps the topics' names. By default MM2 would write "orders" to "${sourceAlias}.orders", and go on there`,
      ),
    ];
  }
  const separator = separatorOf(format, sourceAlias);
  if (separator === undefined) {
    return [
      policy(
        OWN_POLICY,
        `Replicator writes "${TOPIC}" to "${format}", and none of MM2's policies does. Write a class that implements ` +
          'org.apache.kafka.connect.mirror.ReplicationPolicy and does, put it on the class path, and name it here; or ' +
          'have Replicator rename the topics first. MM2 does not start before',
      ),
    ];
  }
  return [
    policy(DEFAULT_POLICY, `Replicator writes "${TOPIC}" to "${format}": the alias, then a separator, then the name`),
    {
      reach: 'connectors',
      name: 'replication.policy.separator',
      value: separator,
      reason: `what stands between "${sourceAlias}" and the name`,
    },
  ];
};
