import { ConfigurationError } from '../../functions/errors.ts';
import { isReference, type Settings } from '../../functions/readiness/configurations/setting.ts';

/** The properties of one Kafka client, by Kafka's own names. */
export interface ClientProperties {
  /** What an error calls them: the file, or the file and the cluster. */
  readonly origin: string;
  /** The key as the file writes it, for errors. */
  keyOf(name: string): string;
  /** A trimmed value; undefined where none is set. @throws ConfigurationError when only Kafka could resolve it */
  get(name: string): string | undefined;
  /** Whether it is set to nothing, which is not the same as its default. */
  isEmpty(name: string): boolean;
}

/** The error of a property, by the key that the file has for it. */
export const propertyError = (properties: ClientProperties, name: string, fault: string): ConfigurationError =>
  new ConfigurationError(`${properties.origin}: ${properties.keyOf(name)} ${fault}`);

/**
 * Properties of a Kafka client out of settings. Values are trimmed as Kafka does (ConfigDef#parseType).
 */
export const clientProperties = (origin: string, settings: Settings): ClientProperties => {
  const properties: ClientProperties = {
    origin,
    keyOf: (name) => settings.get(name)?.place.key ?? name,
    get: (name) => {
      const value = settings.get(name)?.value.trim();
      if (value === undefined || value === '') {
        return undefined;
      }
      if (isReference(value)) {
        throw propertyError(
          properties,
          name,
          'is a reference to a config provider, which only Kafka resolves; write the value into a file for this command',
        );
      }
      return value;
    },
    isEmpty: (name) => settings.get(name)?.value.trim() === '',
  };
  return properties;
};
