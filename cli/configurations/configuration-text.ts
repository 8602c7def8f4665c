import type { FileForm } from '../../functions/readiness/configurations/setting.ts';

/** A configuration file as it was read. */
export interface ConfigurationText {
  /** The file's name, as the user gave it, for messages. */
  readonly file: string;
  readonly bytes: Uint8Array;
}

/** Bytes as text: JSON and YAML are UTF-8, properties Latin-1 (java.util.Properties#load). */
export const utf8 = ({ bytes }: ConfigurationText): string => new TextDecoder().decode(bytes);

export const latin1 = ({ bytes }: ConfigurationText): string => Buffer.from(bytes).toString('latin1');

/** JSON and YAML by the file's name, and where that says nothing, by what stands in it. */
export const formOf = (text: ConfigurationText): FileForm => {
  const name = text.file.toLowerCase();
  if (/\.json$/.test(name)) {
    return 'json';
  }
  if (/\.ya?ml$/.test(name)) {
    return 'yaml';
  }
  if (/\.properties$/.test(name)) {
    return 'properties';
  }
  const content = utf8(text);
  if (/^\s*\{/.test(content)) {
    return 'json';
  }
  // No properties file has a key "kind" without a connector or a cluster beside it, and none has YAML's indentation.
  return /^apiVersion\s*:/m.test(content) && /^kind\s*:/m.test(content) ? 'yaml' : 'properties';
};
