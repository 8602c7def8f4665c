import * as v from 'valibot';
import type { Flow } from '../offsets/flow.ts';
import { topicNameFault } from '../offsets/topic-name.ts';
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
    name: v.optional(v.string(nameFix)),
    replicatorConnector: v.optional(text("give the Replicator connector's name as a string"), REPLICATOR_CONNECTOR),
    sourceAlias: v.optional(
      text(`give MM2's alias of the source cluster, for example "${SOURCE_ALIAS}"`),
      SOURCE_ALIAS,
    ),
    mm2: v.optional(PresetSchema, { runsAs: 'dedicated' }),
    tombstones: v.optional(v.picklist(['ignore', 'propagate'], 'use "ignore" or "propagate"'), 'ignore'),
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
export const FlowsSchema = v.pipe(
  v.array(notAList(FlowSchema, flowFix), 'give a list of flows'),
  v.nonEmpty('give at least one flow, or leave "flows" out for the default one'),
  v.transform((flows) => flows.map(resolve)),
);

/** What is wrong with flows, by themselves or together, as `flows[1].name is …; the fix`. Empty when nothing is. */
export const flowFaults = (flows: readonly Flow[]): readonly string[] =>
  flows.flatMap((flow, index) => faultsOf(flow, flows.slice(0, index)).map((fault) => `flows[${index}]${fault}`));
