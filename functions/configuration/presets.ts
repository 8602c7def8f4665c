import * as v from 'valibot';
import type { Flow } from '../offsets/flow.ts';
import type { AsWritten } from './as-written.ts';
import { text, topicName } from './names.ts';
import { object } from './validate.ts';

/**
 * The ways to run MM2, each with the place where it keeps its offsets. A way consists of a schema of what the user has
 * to say, and of a case in {@link offsetsOf}. To add another one, change this file only.
 *
 * | MM2 runs as | connector in the key | offsets topic |
 * | --- | --- | --- |
 * | dedicated (`connect-mirror-maker.sh`) | `MirrorSourceConnector` | `mm2-offsets.<source alias>.internal` |
 * | Strimzi KafkaMirrorMaker2 | `<source>-><target>.MirrorSourceConnector` | `mirrormaker2-cluster-offsets` |
 * | a connector on a Connect cluster, or on MSK Connect | as given | as given |
 */

const connectorFix = "give the MM2 connector's name as a string";
const offsetsTopicFix = "give the name of MM2's offsets topic";
const runsAsFix = 'use "dedicated", "strimzi", or "connect" (a Connect cluster, MSK Connect)';

const dedicated = object(
  {
    /** `connect-mirror-maker.sh`. */
    runsAs: v.literal('dedicated'),
    /**
     * MM2's `offset.storage.topic`, where that is set.
     * @default - `mm2-offsets.<source alias>.internal`
     */
    offsetsTopic: v.optional(topicName(offsetsTopicFix)),
  },
  runsAsFix,
);

const strimzi = object(
  {
    /** Strimzi's KafkaMirrorMaker2. */
    runsAs: v.literal('strimzi'),
    /** The target cluster's alias in the KafkaMirrorMaker2 resource. */
    targetAlias: text('give the target cluster\'s alias in the KafkaMirrorMaker2 resource, for example "backup"'),
    /**
     * The MM2 connector's name.
     * @default - `<source alias>-><target alias>.MirrorSourceConnector`
     */
    connector: v.optional(text(connectorFix)),
    /**
     * The `offset.storage.topic` of the KafkaMirrorMaker2 resource.
     * @default 'mirrormaker2-cluster-offsets'
     */
    offsetsTopic: v.optional(topicName(offsetsTopicFix), 'mirrormaker2-cluster-offsets'),
  },
  runsAsFix,
);

const connect = object(
  {
    /** A connector on a Connect cluster, or on MSK Connect. */
    runsAs: v.literal('connect'),
    /** The name under which MirrorSourceConnector is created. */
    connector: text('give the name under which MirrorSourceConnector is created on the Connect cluster or MSK Connect'),
    /** The workers' `offset.storage.topic`, or the connector's own `offsets.storage.topic`. */
    offsetsTopic: topicName(
      "give the workers' offset.storage.topic, or the connector's offsets.storage.topic where that is set",
    ),
  },
  runsAsFix,
);

const preset = v.variant('runsAs', [dedicated, strimzi, connect], runsAsFix);

/** How MM2 runs, as it is written. */
export type PresetOptions = AsWritten<typeof preset>;

/** How MM2 runs, with everything filled in. */
export type Preset = v.InferOutput<typeof preset>;

/** How MM2 runs, as a flow's `mm2` says it. */
export const PresetSchema: v.GenericSchema<PresetOptions, Preset> = preset;

/** Where MM2 keeps the offsets of a flow: the connector's name in the keys, and the topic. */
export const offsetsOf = (mm2: Preset, sourceAlias: string): Pick<Flow, 'mm2Connector' | 'offsetsTopic'> => {
  switch (mm2.runsAs) {
    case 'dedicated':
      // org.apache.kafka.connect.mirror.MirrorMakerConfig#workerConfig names the topic after the alias, and MirrorHerder
      // the connector after its class, whatever `name` says: measured on 3.9.2 and 4.3.1.
      return {
        mm2Connector: 'MirrorSourceConnector',
        offsetsTopic: mm2.offsetsTopic ?? `mm2-offsets.${sourceAlias}.internal`,
      };
    case 'strimzi':
      // Strimzi names a connector after its clusters (KafkaMirrorMaker2 documentation, "Configuring MirrorMaker 2").
      return {
        mm2Connector: mm2.connector ?? `${sourceAlias}->${mm2.targetAlias}.MirrorSourceConnector`,
        offsetsTopic: mm2.offsetsTopic,
      };
    case 'connect':
      return { mm2Connector: mm2.connector, offsetsTopic: mm2.offsetsTopic };
  }
};
