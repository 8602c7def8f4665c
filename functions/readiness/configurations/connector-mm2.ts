import { ConfigurationError } from '../../errors.ts';
import type { ParsedMm2 } from './mm2-configuration.ts';
import { mm2FlowOf } from './mm2-flow.ts';
import { known, type Place, type Setting, type SettingReader, unknown } from './setting.ts';

export const MIRROR_SOURCE_CONNECTOR = 'org.apache.kafka.connect.mirror.MirrorSourceConnector';

/** The short names that Connect takes for the class, too (org.apache.kafka.connect.runtime.isolation.Plugins). */
const CLASS_NAMES = [MIRROR_SOURCE_CONNECTOR, 'MirrorSourceConnector', 'MirrorSource'];

/** A connector as a file describes it. */
export interface ConnectorFile {
  readonly file: string;
  readonly settings: SettingReader;
  /** Its name beside the settings (`{"name":…,"config":…}`); absent where the file has none. */
  readonly name?: { readonly value: string; readonly place: Place };
}

/** A connector's name: beside its settings, or among them. */
export const connectorNameOf = ({ file, settings, name }: ConnectorFile): Setting<string> => {
  if (name) {
    return known(name.value, name.place);
  }
  return settings.settings.has('name')
    ? settings.text('name', '')
    : unknown(`${file} does not say under which name the connector is created`, settings.placeOf('name'));
};

/**
 * Reads the configuration of a MirrorSourceConnector on a Connect cluster or MSK Connect. What its workers say is not
 * in it: their offsets topic, and their converters unless the connector has its own.
 *
 * @throws ConfigurationError when it is the configuration of another connector
 */
export const connectorMm2 = (connector: ConnectorFile): ParsedMm2 => {
  const { file, settings } = connector;
  const className = settings.text('connector.class', MIRROR_SOURCE_CONNECTOR);
  if (className.kind === 'known' && !CLASS_NAMES.includes(className.value)) {
    throw new ConfigurationError(
      `${file}: connector.class is ${JSON.stringify(className.value)}; give the configuration of the connector ` +
        `${MIRROR_SOURCE_CONNECTOR}`,
    );
  }
  return {
    file,
    form: 'connector',
    flows: [
      mm2FlowOf({
        connector: settings,
        worker: { kind: 'untold' },
        connectorName: connectorNameOf(connector),
        sourceAlias: settings.text('source.cluster.alias', 'source'),
        targetAlias: settings.text('target.cluster.alias', 'target'),
        enabledByDefault: true,
      }),
    ],
    ignored: [],
  };
};
