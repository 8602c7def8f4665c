import { isMap, isPair, isScalar, type LineCounter, type Node, type YAMLMap } from 'yaml';
import { ConfigurationError } from '../../functions/errors.ts';
import type { Place, Settings, Written } from '../../functions/readiness/configurations/setting.ts';

/** The line of a node, from 1. */
export const lineOfNode = (node: Node | null | undefined, lines: LineCounter): number | undefined => {
  const start = node?.range?.[0];
  return start === undefined ? undefined : lines.linePos(start).line;
};

/** Where a key of a map stands, or would stand. */
export const placeInMap = (
  base: Omit<Place, 'key' | 'line'>,
  key: string,
  map: YAMLMap | undefined,
  lines: LineCounter,
): Place => {
  const pair = map?.items.find((item) => isScalar(item.key) && String(item.key.value) === key);
  const line = pair && isScalar(pair.key) ? lineOfNode(pair.key, lines) : undefined;
  return { ...base, key, ...(line !== undefined && { line }) };
};

/**
 * A map of settings, each with its line. Connect's settings are texts, so `1` and `true` are taken as such.
 *
 * @throws ConfigurationError when a setting is a list or a map of its own
 */
export const settingsOfMap = (base: Omit<Place, 'key' | 'line'>, map: unknown, lines: LineCounter): Settings => {
  const settings = new Map<string, Written>();
  if (!isMap(map)) {
    return settings;
  }
  for (const item of map.items) {
    if (!isPair(item) || !isScalar(item.key)) {
      continue;
    }
    const key = String(item.key.value);
    const place = placeInMap(base, key, map, lines);
    if (!isScalar(item.value) && item.value !== null) {
      throw new ConfigurationError(
        `${base.file}${place.line === undefined ? '' : `, line ${place.line}`}: ${key} is a list or an object; write it as ` +
          'a text, a list with commas',
      );
    }
    // Connect takes null for a setting that is not there.
    if (isScalar(item.value) && item.value.value !== null) {
      settings.set(key, { value: String(item.value.value), place });
    }
  }
  return settings;
};
