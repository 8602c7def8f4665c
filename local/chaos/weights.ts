/** How likely everything is that a round may hold, among its like. Whole numbers. */
export const WEIGHTS = {
  steps: {
    flush: 5,
    deliver: 20,
    'cold-start': 2,
    'taken-over': 2,
    'handed-back': 3,
    'partitions-added': 1,
    'mm2-topic-created-anew': 3,
    'replicator-topic-created-anew': 3,
    repaired: 3,
  },
  deliveries: { new: 6, again: 3, 'several-times': 1, 'in-pieces': 2, replay: 1 },
  faults: {
    'connections-dropped': 6,
    'connections-silent': 1,
    'answers-withheld': 4,
    'instance-killed': 6,
    'broker-killed': 1,
    'leaders-moved': 3,
    overtaken: 6,
    'overtaken-by-another-deployment': 4,
    'taken-over': 12,
    'partitions-added': 1,
  },
  headers: { none: 6, 'header-null': 1, 'header-garbage': 1, 'header-twice': 1 },
} as const;

/** Kinds that can be left out of rounds. */
export const LEAVABLE = [
  'header-null',
  'header-garbage',
  'header-twice',
  'elsewhere',
  'handed-back',
  'partitions-added',
  'mm2-topic-created-anew',
  'mm2-topic-filled',
  'replicator-topic-created-anew',
  'repaired',
  'overtaken-by-another-deployment',
  'leaders-moved',
] as const;

export type Leavable = (typeof LEAVABLE)[number];
