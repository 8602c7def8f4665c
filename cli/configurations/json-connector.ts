import { isMap, LineCounter, parseDocument, type YAMLMap } from 'yaml';
import { ConfigurationError } from '../../functions/errors.ts';
import type { ConnectorFile } from '../../functions/readiness/configurations/connector-mm2.ts';
import { type Place, settingReader } from '../../functions/readiness/configurations/setting.ts';
import { type ConfigurationText, utf8 } from './configuration-text.ts';
import { placeInMap, settingsOfMap } from './yaml-settings.ts';

const formFix = 'give {"name":…,"config":{…}}, or the settings alone as an object of strings';

/** Where a connector's settings and name stand: Connect's REST interface, and MSK Connect's API. */
const WRAPPINGS = [
  { settings: 'config', name: 'name' },
  { settings: 'connectorConfiguration', name: 'connectorName' },
] as const;

/** YAML reads every JSON text and knows the lines of its keys, but is not as strict. */
const parse = (file: string, content: string, lines: LineCounter): YAMLMap => {
  try {
    JSON.parse(content);
  } catch (error) {
    // The parser's message quotes the text, which may hold a password: only the place is told.
    const place = /line (\d+) column (\d+)/.exec(error instanceof Error ? error.message : '');
    throw new ConfigurationError(
      `${file} is not JSON${place ? `: look at line ${place[1]}, column ${place[2]}` : ''}; ${formFix}`,
    );
  }
  const { contents } = parseDocument(content, { lineCounter: lines, uniqueKeys: false, logLevel: 'silent' });
  if (!isMap(contents)) {
    throw new ConfigurationError(`${file} is not a JSON object; ${formFix}`);
  }
  return contents;
};

const textOf = (map: YAMLMap, key: string): string | undefined => {
  const value: unknown = map.get(key);
  return typeof value === 'string' ? value : undefined;
};

/**
 * Reads a connector's configuration from JSON: as it is sent to Connect (`{"name":…,"config":{…}}`), the settings alone,
 * or as MSK Connect's API has it (`{"connectorName":…,"connectorConfiguration":{…}}`).
 *
 * @throws ConfigurationError that names the file and the place, never the text
 */
export const readJsonConnector = (text: ConfigurationText): ConnectorFile => {
  const { file } = text;
  const lines = new LineCounter();
  const root = parse(file, utf8(text), lines);
  const wrapping = WRAPPINGS.find(({ settings }) => isMap(root.get(settings)));
  const base: Omit<Place, 'key' | 'line'> = {
    file,
    form: 'json',
    ...(wrapping && { within: wrapping.settings }),
  };
  const map: unknown = wrapping ? root.get(wrapping.settings) : root;
  const settings = settingReader(settingsOfMap(base, map, lines), (name) => ({ ...base, key: name }));
  const name = wrapping && textOf(root, wrapping.name);
  return name === undefined || wrapping === undefined
    ? { file, settings }
    : { file, settings, name: { value: name, place: placeInMap({ file, form: 'json' }, wrapping.name, root, lines) } };
};
