/** How a file writes a setting, which decides what a person has to type to change it. */
export type FileForm = 'properties' | 'yaml' | 'json';

/** Where a setting stands, or would have to be written. */
export interface Place {
  readonly file: string;
  readonly form: FileForm;
  /** The key as this file writes it, prefixes included. */
  readonly key: string;
  /** Counted from 1; absent where nothing is written. */
  readonly line?: number;
  /** The part of the file that holds the key, where keys are nested: `spec.mirrors[0].sourceConnector.config`. */
  readonly within?: string;
}

/** A setting as a file writes it. */
export interface Written {
  readonly value: string;
  readonly place: Place;
}

/** Settings by the name that the program which reads them knows them by: without the file's prefixes. */
export type Settings = ReadonlyMap<string, Written>;

/** A setting as the program sees it, defaults included; or why nobody can tell from the file. */
export type Setting<T> =
  | { readonly kind: 'known'; readonly value: T; readonly place: Place }
  | { readonly kind: 'unknown'; readonly reason: string; readonly place: Place };

/** Reads settings as org.apache.kafka.common.config.ConfigDef#parseType does: everything is trimmed first. */
export interface SettingReader {
  readonly settings: Settings;
  /** Where a setting is to be written. */
  placeOf(name: string): Place;
  text(name: string, byDefault: string): Setting<string>;
  /** A comma-separated list; an empty one for an empty value. */
  list(name: string, byDefault: string): Setting<readonly string[]>;
  flag(name: string, byDefault: boolean): Setting<boolean>;
  number(name: string, byDefault: number): Setting<number>;
}

/** A reference that a Kafka config provider resolves (org.apache.kafka.common.config.ConfigTransformer). */
const REFERENCE = /\$\{[^}]*:[^}]*\}/;

export const known = <T>(value: T, place: Place): Setting<T> => ({ kind: 'known', value, place });

export const unknown = (reason: string, place: Place): Setting<never> => ({ kind: 'unknown', reason, place });

/** The value, where the file tells it. */
export const knownValue = <T>(setting: Setting<T>): T | undefined =>
  setting.kind === 'known' ? setting.value : undefined;

/** A setting made from another; what is unknown stays so. */
export const mapSetting = <T, U>(setting: Setting<T>, transform: (value: T) => U): Setting<U> =>
  setting.kind === 'known' ? known(transform(setting.value), setting.place) : setting;

/** Takes a list apart as ConfigDef does. */
export const splitList = (text: string): readonly string[] => (text.trim() === '' ? [] : text.trim().split(/\s*,\s*/));

/** Whether a value refers to a config provider, so that the file does not say it. */
export const isReference = (value: string): boolean => REFERENCE.test(value);

/**
 * @param settings What is written.
 * @param placeOf Where a setting that is not written has to be written.
 */
export const settingReader = (settings: Settings, placeOf: (name: string) => Place): SettingReader => {
  const read = <T>(name: string, byDefault: T, parse: (text: string) => T | undefined, wanted: string): Setting<T> => {
    const written = settings.get(name);
    if (written === undefined) {
      return known(byDefault, placeOf(name));
    }
    const text = written.value.trim();
    if (isReference(text)) {
      return unknown(`${written.place.key} is a reference to a config provider`, written.place);
    }
    const value = parse(text);
    return value === undefined
      ? unknown(`${written.place.key} is ${JSON.stringify(text)}, which is not ${wanted}`, written.place)
      : known(value, written.place);
  };
  return {
    settings,
    placeOf: (name) => settings.get(name)?.place ?? placeOf(name),
    text: (name, byDefault) => read(name, byDefault, (text) => text, 'a text'),
    list: (name, byDefault) => read(name, splitList(byDefault), splitList, 'a list'),
    flag: (name, byDefault) =>
      read(name, byDefault, (text) => ({ true: true, false: false })[text.toLowerCase()], 'true or false'),
    number: (name, byDefault) =>
      read(name, byDefault, (text) => (/^[-+]?\d{1,15}$/.test(text) ? Number(text) : undefined), 'a whole number'),
  };
};
