import * as v from 'valibot';
import type { Flow } from '../offsets/flow.ts';
import { topicNameFault } from '../offsets/topic-name.ts';
import type { AsWritten } from './as-written.ts';
import { text } from './names.ts';
import { offsetsOf, PresetSchema } from './presets.ts';
import { notAList, object } from './validate.ts';

const REPLICATOR_CONNECTOR = 'replicator';
const SOURCE_ALIAS = 'primary';

/** Whether the calendar has the day: JavaScript reads 31 February as 3 March. */
const isInstant = (input: string): boolean =>
  !Number.isNaN(Date.parse(input)) && new Date(input).toISOString().startsWith(input.slice(0, 16));
const instantFix = 'give an instant in UTC that has passed, for example "2026-11-23T09:00:00Z"';
const flowFix = 'give a flow as an object, for example {"replicatorConnector":"replicator","sourceAlias":"primary"}';
const nameFix = 'give the flow a unique "name" of printable ASCII characters that does not start with a colon';

/** A flow as a user writes it in the configuration. */
const FlowSchema = object(
  {
    /**
     * The flow's name in logs and metrics.
     * @default - the Replicator connector's name
     */
    name: v.optional(v.string(nameFix)),
    /**
     * The Replicator connector's name.
     * @default 'replicator'
     */
    replicatorConnector: v.optional(text("give the Replicator connector's name as a string"), REPLICATOR_CONNECTOR),
    /**
     * MM2's alias of the source cluster.
     * @default 'primary'
     */
    sourceAlias: v.optional(
      text(`give MM2's alias of the source cluster, for example "${SOURCE_ALIAS}"`),
      SOURCE_ALIAS,
    ),
    /**
     * How MM2 runs, which says where it keeps its offsets.
     * @default - dedicated (`connect-mirror-maker.sh`)
     */
    mm2: v.optional(PresetSchema, { runsAs: 'dedicated' }),
    /**
     * What a tombstone in Replicator's offsets topic does: nothing, or it removes MM2's offset, too.
     * @default 'ignore'
     */
    tombstones: v.optional(v.picklist(['ignore', 'propagate'], 'use "ignore" or "propagate"'), 'ignore'),
    /**
     * An instant in UTC that has passed. Somebody else's records in MM2's offsets topic that are older count as absent:
     * they are left from an earlier, given up attempt with MM2.
     * @default - whatever somebody else wrote is left alone
     */
    overwriteBefore: v.optional(
      v.pipe(
        v.string(instantFix),
        v.regex(/^\d{4}-\d\d-\d\dT\d\d:\d\d(:\d\d(\.\d{1,3})?)?Z$/, instantFix),
        v.check(isInstant, instantFix),
        // An instant in the future would let the function overwrite what MM2 is still going to write.
        v.check((input) => Date.parse(input) <= Date.now(), instantFix),
        v.transform(Date.parse),
      ),
    ),
  },
  flowFix,
);

/** What a user writes for a flow; everything has a default. */
export interface FlowOptions extends AsWritten<typeof FlowSchema> {}

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
  ...offsetsOf(mm2, sourceAlias),
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
export const FlowsSchema: v.GenericSchema<readonly FlowOptions[], readonly Flow[]> = v.pipe(
  v.array(notAList(FlowSchema, flowFix), 'give a list of flows'),
  v.nonEmpty('give at least one flow, or leave "flows" out for the default one'),
  v.transform((flows) => flows.map(resolve)),
);

const readsWhatItWrites = (flows: readonly Flow[], replicatorOffsetsTopic: string): readonly string[] => {
  const replicatorConnectors = new Set(flows.map((flow) => flow.replicatorConnector));
  return flows.flatMap(({ offsetsTopic, mm2Connector }, index) =>
    offsetsTopic === replicatorOffsetsTopic && replicatorConnectors.has(mm2Connector)
      ? `flows[${index}].mm2.connector is "${mm2Connector}", a Replicator connector that the function reads in the ` +
        `same topic "${offsetsTopic}"; give the MM2 connector a name of its own`
      : [],
  );
};

/**
 * What is wrong with flows beside each other and with the topic that they are read from, as `flows[1].name is …; the
 * fix`. Empty when nothing is.
 */
export const flowFaults = (flows: readonly Flow[], replicatorOffsetsTopic: string): readonly string[] => [
  ...flows.flatMap((flow, index) => faultsOf(flow, flows.slice(0, index)).map((fault) => `flows[${index}]${fault}`)),
  ...readsWhatItWrites(flows, replicatorOffsetsTopic),
];
