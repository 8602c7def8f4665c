import { ConfigurationError } from '../../functions/errors.ts';
import {
  type ParsedReplicator,
  replicatorOf,
} from '../../functions/readiness/configurations/replicator-configuration.ts';
import { type ConfigurationText, formOf } from './configuration-text.ts';
import { connectorFileOf } from './connector-file.ts';
import { readJsonConnector } from './json-connector.ts';
import { readProperties } from './properties.ts';

/** The connector's class, with or without its package. */
const REPLICATOR_CLASS = /(^|\.)ReplicatorSource(Connector)?$/;

/**
 * Reads Replicator's configuration (`--replicator-config`): a connector's properties or JSON.
 *
 * @throws ConfigurationError that names the file, what is wrong and what to do; never the value of a setting that may be
 *   secret
 */
export const parseReplicator = (text: ConfigurationText): ParsedReplicator => {
  const form = formOf(text);
  if (form === 'yaml') {
    throw new ConfigurationError(`${text.file} is YAML; give Replicator's configuration as properties or JSON`);
  }
  const connector = form === 'json' ? readJsonConnector(text) : connectorFileOf(text.file, readProperties(text));
  const className = connector.settings.text('connector.class', 'ReplicatorSourceConnector');
  if (className.kind === 'known' && !REPLICATOR_CLASS.test(className.value)) {
    throw new ConfigurationError(
      `${text.file}: connector.class is ${JSON.stringify(className.value)}; give the configuration of Replicator ` +
        '(io.confluent.connect.replicator.ReplicatorSourceConnector)',
    );
  }
  return replicatorOf(connector);
};
