/**
 * Whom a setting reaches: all clients of a cluster, the consumer that reads the source, MirrorSourceConnector alone,
 * MirrorCheckpointConnector alone, both of them, the Connect workers, or a dedicated MM2 as a whole.
 */
export type Reach =
  | 'source-clients'
  | 'target-clients'
  | 'source-consumer'
  | 'source-connector'
  | 'checkpoint-connector'
  | 'connectors'
  | 'workers'
  | 'process';

/** A setting of MM2's, by the name that the program knows it by, with why it is what it is. */
export interface Mm2Setting {
  readonly reach: Reach;
  readonly name: string;
  readonly value: string;
  readonly reason: string;
}

/** The settings that reach one of these. */
export const reaching = (settings: readonly Mm2Setting[], ...reaches: readonly Reach[]): readonly Mm2Setting[] =>
  settings.filter(({ reach }) => reaches.includes(reach));

/** A setting's value, where there is one. */
export const valueIn = (settings: readonly Mm2Setting[], name: string): string | undefined =>
  settings.find((setting) => setting.name === name)?.value;
