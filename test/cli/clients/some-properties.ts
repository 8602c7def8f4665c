import { type ClientProperties, clientProperties } from '../../../cli/clients/client-properties.ts';

/** A client's properties, as if each stood in a file. */
export const someProperties = (properties: Readonly<Record<string, string>>): ClientProperties =>
  clientProperties(
    'client.properties',
    new Map(
      Object.entries(properties).map(([key, value]) => [
        key,
        { value, place: { file: 'client.properties', form: 'properties', key } },
      ]),
    ),
  );
