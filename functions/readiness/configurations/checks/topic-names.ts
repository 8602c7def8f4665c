import { type Check, cannotTell, right, wrong, wrongLine } from '../assessment.ts';
import { DEFAULT_POLICY, IDENTITY_POLICY, type Mm2Flow } from '../mm2-configuration.ts';
import { type ParsedReplicator, TOPIC_PLACEHOLDER as TOPIC } from '../replicator-configuration.ts';

const CODE = 'topic-names';

/** The name that MM2 gives to a copy, in the form of topic.rename.format; undefined where only a class of its own knows. */
const renameFormatOf = ({ replicationPolicy, sourceAlias }: Mm2Flow): string | undefined => {
  if (replicationPolicy.kind === 'unknown' || sourceAlias.kind === 'unknown') {
    return undefined;
  }
  switch (replicationPolicy.value.kind) {
    case 'identity':
      return TOPIC;
    case 'prefix':
      return `${sourceAlias.value}${replicationPolicy.value.separator}${TOPIC}`;
    case 'custom':
      return undefined;
  }
};

const reasonOf = ({ replicationPolicy, sourceAlias }: Mm2Flow): string => {
  if (replicationPolicy.kind === 'unknown') {
    return replicationPolicy.reason;
  }
  if (replicationPolicy.value.kind === 'custom') {
    return `only ${replicationPolicy.value.className} knows how MM2 names the target's topics`;
  }
  return sourceAlias.kind === 'unknown' ? sourceAlias.reason : '';
};

/** A format that the default policy can give: something before the name. */
const prefixOf = (format: string): string | undefined =>
  format.endsWith(TOPIC) && format.indexOf(TOPIC) === format.length - TOPIC.length
    ? format.slice(0, -TOPIC.length)
    : undefined;

const policyFor = (flow: Mm2Flow, wanted: string, message: string) => {
  const place = flow.connector.placeOf('replication.policy.class');
  if (wanted === TOPIC) {
    return wrongLine(CODE, 'blocks', message, place, IDENTITY_POLICY);
  }
  const prefix = prefixOf(wanted);
  const alias = flow.sourceAlias.kind === 'known' ? flow.sourceAlias.value : '';
  if (prefix?.startsWith(alias) && prefix.length > alias.length) {
    const separator = prefix.slice(alias.length);
    return flow.replicationPolicy.kind === 'known' && flow.replicationPolicy.value.kind === 'prefix'
      ? wrongLine(CODE, 'blocks', message, flow.connector.placeOf('replication.policy.separator'), separator)
      : wrongLine(
          CODE,
          'blocks',
          message,
          place,
          DEFAULT_POLICY,
          `, and set replication.policy.separator to "${separator}"`,
        );
  }
  return wrong(
    CODE,
    'blocks',
    message,
    "none of MM2's own policies gives these names: set replication.policy.class to a class of your own that does, or rename " +
      'the topics with Replicator first',
  );
};

const compare = (flow: Mm2Flow, { topicRenameFormat }: ParsedReplicator) => {
  const format = renameFormatOf(flow);
  if (format === undefined) {
    return cannotTell(CODE, reasonOf(flow), 'make sure that MM2 names the target topics as Replicator does');
  }
  if (topicRenameFormat.kind === 'unknown') {
    return cannotTell(CODE, topicRenameFormat.reason, `make sure that Replicator's topic.rename.format is "${format}"`);
  }
  const wanted = topicRenameFormat.value;
  return format === wanted
    ? right(CODE, `both write the source's topic "${TOPIC}" to "${wanted}"`)
    : policyFor(
        flow,
        wanted,
        `Replicator writes the source's topic "${TOPIC}" to "${wanted}", MM2 to "${format}": MM2 finds its offsets and goes ` +
          'on in other topics',
      );
};

/** Both must write to the same target topics: MM2's replication policy against Replicator's topic.rename.format. */
export const checkTopicNames: Check = ({ mm2, replicator }) => {
  if (!replicator) {
    return [];
  }
  if (mm2) {
    return [compare(mm2.flow, replicator)];
  }
  const { topicRenameFormat } = replicator;
  return topicRenameFormat.kind === 'unknown'
    ? [
        cannotTell(
          CODE,
          topicRenameFormat.reason,
          'write topic.rename.format into the file, for the copies are looked for by it',
        ),
      ]
    : [];
};
