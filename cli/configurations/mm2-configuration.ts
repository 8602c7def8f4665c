import { connectorMm2 } from '../../functions/readiness/configurations/connector-mm2.ts';
import { dedicatedMm2 } from '../../functions/readiness/configurations/dedicated-mm2.ts';
import type { ParsedMm2 } from '../../functions/readiness/configurations/mm2-configuration.ts';
import { type ConfigurationText, formOf } from './configuration-text.ts';
import { connectorFileOf } from './connector-file.ts';
import { readJsonConnector } from './json-connector.ts';
import { readProperties } from './properties.ts';
import { readStrimzi } from './strimzi.ts';

/**
 * Reads MM2's configuration (`--mm2-config`) in any of its forms: a dedicated MM2's properties, a connector's properties
 * or JSON, Strimzi's KafkaMirrorMaker2 resource.
 *
 * @throws ConfigurationError that names the file, what is wrong and what to do; never the value of a setting that may be
 *   secret
 */
export const parseMm2 = (text: ConfigurationText): ParsedMm2 => {
  switch (formOf(text)) {
    case 'yaml':
      return readStrimzi(text);
    case 'json':
      return connectorMm2(readJsonConnector(text));
    case 'properties': {
      const properties = readProperties(text);
      return properties.has('connector.class') && !properties.has('clusters')
        ? connectorMm2(connectorFileOf(text.file, properties))
        : dedicatedMm2(text.file, properties);
    }
  }
};
