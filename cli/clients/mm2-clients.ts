import { ConfigurationError } from '../../functions/errors.ts';
import type { Mm2Flow, ParsedMm2 } from '../../functions/readiness/configurations/mm2-configuration.ts';
import type { Settings } from '../../functions/readiness/configurations/setting.ts';
import { type ClientProperties, clientProperties } from './client-properties.ts';

/** Later ones win: what all clients of the cluster have, then what consumers have (MirrorConnectorConfig). */
const prefixesOf = (cluster: 'source' | 'target'): readonly string[] => [
  `${cluster}.cluster.`,
  'consumer.',
  `${cluster}.consumer.`,
];

const settingsOf = (settings: Settings, cluster: 'source' | 'target'): Settings =>
  new Map(
    prefixesOf(cluster).flatMap((prefix) =>
      [...settings].flatMap(([name, written]) =>
        name.startsWith(prefix) ? [[name.slice(prefix.length), written] as const] : [],
      ),
    ),
  );

/**
 * The properties with which MM2 itself reads its clusters, which its configuration names both.
 *
 * @throws ConfigurationError for a Strimzi resource, whose credentials stand in Kubernetes
 */
export const mm2Clients = (
  { file, form }: ParsedMm2,
  flow: Mm2Flow,
): { readonly source: ClientProperties; readonly target: ClientProperties } => {
  if (form === 'strimzi') {
    throw new ConfigurationError(
      `${file} is a resource of Strimzi, whose certificates and passwords stand in Kubernetes' secrets; give ` +
        '--source-properties and --target-properties',
    );
  }
  const { settings } = flow.connector;
  return {
    source: clientProperties(`${file} (source cluster)`, settingsOf(settings, 'source')),
    target: clientProperties(`${file} (target cluster)`, settingsOf(settings, 'target')),
  };
};
