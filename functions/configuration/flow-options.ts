import * as v from 'valibot';
import { topicNameFault } from '../offsets/topic-name.ts';
import { notAList, object } from './validate.ts';

/**
 * A flow: one Replicator connector, and the MM2 connector that takes over from it. Where MM2 keeps its offsets follows
 * from how it runs.
 */
export interface Flow {
  /** The flow's name in logs and metrics. */
  readonly name: string;
  /** The Replicator connector's name, the first element of its offsets' keys. */
  readonly replicatorConnector: string;
  /** MM2's alias of the source cluster. */
  readonly sourceAlias: string;
  /** The MM2 connector's name, the first element of its offsets' keys. */
  readonly mm2Connector: string;
  /** MM2's offsets topic. */
  readonly offsetsTopic: string;
  /** What a tombstone in Replicator's offsets topic does: nothing, or it removes MM2's offset, too. */
  readonly tombstones: 'ignore' | 'propagate';
  /**
   * Milliseconds since the epoch. Somebody else's records in MM2's offsets topic that are older than this count as
   * absent: they are left from an earlier, given up attempt with MM2.
   */
  readonly overwriteBefore?: number;
}

const REPLICATOR_CONNECTOR = 'replicator';
const SOURCE_ALIAS = 'primary';

const text = (fix: string) =>
  v.pipe(
    v.string(fix),
    v.nonEmpty(fix),
    // Half a surrogate pair is no character: UTF-8 cannot hold it, so the name was damaged on its way.
    v.check((input) => input.isWellFormed(), `has half a surrogate pair; ${fix}`),
  );

/** A legal topic name. */
export const topicName = (fix: string) =>
  v.pipe(
    v.string(fix),
    v.check(
      (input) => topicNameFault(input) === undefined,
      (issue) => `it ${topicNameFault(String(issue.input))}; ${fix}`,
    ),
  );

const mm2ConnectorFix = "give the MM2 connector's name as a string";
const offsetsTopicFix = "give the name of MM2's offsets topic";

const runsAsFix = 'use "dedicated", "strimzi", or "connect" (a Connect cluster, MSK Connect)';

const RunsAs = v.variant(
  'runsAs',
  [
    object(
      {
        runsAs: v.literal('dedicated'),
        connector: v.optional(text(mm2ConnectorFix), 'MirrorSourceConnector'),
        offsetsTopic: v.optional(topicName(offsetsTopicFix)),
      },
      runsAsFix,
    ),
    object(
      {
        runsAs: v.literal('strimzi'),
        targetAlias: text('give the target cluster\'s alias in the KafkaMirrorMaker2 resource, for example "backup"'),
        connector: v.optional(text(mm2ConnectorFix)),
        offsetsTopic: v.optional(topicName(offsetsTopicFix), 'mirrormaker2-cluster-offsets'),
      },
      runsAsFix,
    ),
    object(
      {
        runsAs: v.literal('connect'),
        connector: text(
          'give the name under which MirrorSourceConnector is created on the Connect cluster or MSK Connect',
        ),
        offsetsTopic: topicName(
          "give the workers' offset.storage.topic, or the connector's offsets.storage.topic where that is set",
        ),
      },
      runsAsFix,
    ),
  ],
  runsAsFix,
);

/** Whether the day is in the calendar: JavaScript takes 31 February for 3 March. */
const isInstant = (input: string): boolean =>
  !Number.isNaN(Date.parse(input)) && new Date(input).toISOString().startsWith(input.slice(0, 16));
const instantFix = 'give an instant in UTC that has passed, for example "2026-11-23T09:00:00Z"';
const flowFix = 'give a flow as an object, for example {"replicatorConnector":"replicator","sourceAlias":"primary"}';
const nameFix = 'give the flow a unique "name" of printable ASCII characters that does not start with a colon';

/** A flow as it is written in the configuration. */
const FlowSchema = object(
  {
    name: v.optional(v.string(nameFix)),
    replicatorConnector: v.optional(text("give the Replicator connector's name as a string"), REPLICATOR_CONNECTOR),
    sourceAlias: v.optional(
      text(`give MM2's alias of the source cluster, for example "${SOURCE_ALIAS}"`),
      SOURCE_ALIAS,
    ),
    mm2: v.optional(RunsAs, { runsAs: 'dedicated' }),
    tombstones: v.optional(v.picklist(['ignore', 'propagate'], 'use "ignore" or "propagate"'), 'ignore'),
    overwriteBefore: v.optional(
      v.pipe(
        v.string(instantFix),
        v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/, instantFix),
        v.check(isInstant, instantFix),
        // In the future it would let the function overwrite what MM2 has yet to write.
        v.check((input) => Date.parse(input) <= Date.now(), instantFix),
        v.transform(Date.parse),
      ),
    ),
  },
  flowFix,
);

/** What a user writes for a flow; everything has a default. */
export type FlowOptions = v.InferInput<typeof FlowSchema>;

const resolve = ({
  name,
  replicatorConnector,
  sourceAlias,
  mm2,
  tombstones,
  overwriteBefore,
}: v.InferOutput<typeof FlowSchema>): Flow => ({
  name: name ?? replicatorConnector,
  replicatorConnector,
  sourceAlias,
  mm2Connector:
    mm2.runsAs === 'strimzi'
      ? // Strimzi names a connector after its clusters (KafkaMirrorMaker2 documentation, "Configuring MirrorMaker 2").
        (mm2.connector ?? `${sourceAlias}->${mm2.targetAlias}.MirrorSourceConnector`)
      : mm2.connector,
  // org.apache.kafka.connect.mirror.MirrorMakerConfig#workerConfig names a dedicated MM2's topic after the alias.
  offsetsTopic: mm2.offsetsTopic ?? `mm2-offsets.${sourceAlias}.internal`,
  tombstones,
  ...(overwriteBefore !== undefined && { overwriteBefore }),
});

const writesSameKeys = (a: Flow, b: Flow): boolean =>
  a.offsetsTopic === b.offsetsTopic && a.mm2Connector === b.mm2Connector && a.sourceAlias === b.sourceAlias;

const isMetricDimension = (name: string): boolean => /^(?!:)[\x20-\x7e]{1,255}$/.test(name) && name.trim() !== '';

const faultsOf = (flow: Flow, before: readonly Flow[]): readonly string[] => {
  const faults: string[] = [];
  // CloudWatch refuses other dimension values.
  if (!isMetricDimension(flow.name)) {
    faults.push(`.name is ${JSON.stringify(flow.name)}; ${nameFix}`);
  }
  if (before.some(({ name }) => name === flow.name)) {
    faults.push(`.name is "${flow.name}", which an earlier flow has; ${nameFix}`);
  }
  const topicFault = topicNameFault(flow.offsetsTopic);
  if (topicFault) {
    faults.push(
      `.sourceAlias is "${flow.sourceAlias}", and the offsets topic "${flow.offsetsTopic}" ${topicFault}; ` +
        'correct the alias or set "mm2.offsetsTopic"',
    );
  }
  const twin = before.find((other) => writesSameKeys(flow, other));
  if (twin) {
    faults.push(
      ` writes the same keys to "${flow.offsetsTopic}" as flow "${twin.name}" (connector "${flow.mm2Connector}", ` +
        `cluster "${flow.sourceAlias}"); give each flow an MM2 connector, a source alias or an offsets topic of its own`,
    );
  }
  return faults;
};

/** The flows of a configuration, with everything filled in. */
export const FlowsSchema = v.pipe(
  v.array(notAList(FlowSchema, flowFix), 'give a list of flows'),
  v.nonEmpty('give at least one flow, or leave "flows" out for the default one'),
  v.transform((flows) => flows.map(resolve)),
);

/** What is wrong with flows beside each other, as `flows[1].name is …; the fix`. Empty when nothing is. */
export const flowFaults = (flows: readonly Flow[]): readonly string[] =>
  flows.flatMap((flow, index) => faultsOf(flow, flows.slice(0, index)).map((fault) => `flows[${index}]${fault}`));
