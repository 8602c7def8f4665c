import { ConfigurationError } from '../../functions/errors.ts';
import type { ConnectorFile } from '../../functions/readiness/configurations/connector-mm2.ts';
import { type Settings, settingReader } from '../../functions/readiness/configurations/setting.ts';

/** Properties as a connector's configuration, as `connect-standalone.sh` and Replicator's executable read them. */
export const connectorFileOf = (file: string, properties: Settings): ConnectorFile => {
  if (properties.size === 0) {
    throw new ConfigurationError(`${file} holds no setting; give a configuration as properties, JSON or YAML`);
  }
  return { file, settings: settingReader(properties, (key) => ({ file, form: 'properties', key })) };
};
