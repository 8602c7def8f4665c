import type { Security } from '../../functions/kafka/client.ts';
import { type ClientProperties, propertyError } from './client-properties.ts';
import { tlsStores } from './pem-stores.ts';
import { saslOf } from './sasl.ts';

/** What a connection to a cluster needs. */
export interface ClientConnection {
  readonly brokers: readonly string[];
  readonly security: Security;
}

const PROTOCOLS = {
  PLAINTEXT: { tls: false, sasl: false },
  SSL: { tls: true, sasl: false },
  SASL_PLAINTEXT: { tls: false, sasl: true },
  SASL_SSL: { tls: true, sasl: true },
} as const;

const isProtocol = (name: string): name is keyof typeof PROTOCOLS => Object.hasOwn(PROTOCOLS, name);

const brokersOf = (properties: ClientProperties, givenBrokers: readonly string[] | undefined): readonly string[] => {
  const written = properties
    .get('bootstrap.servers')
    ?.split(/\s*,\s*/)
    .filter((broker) => broker !== '');
  const brokers = written?.length ? written : givenBrokers;
  if (!brokers?.length) {
    throw propertyError(properties, 'bootstrap.servers', 'is missing; give host:port of at least one broker');
  }
  const wrong = brokers.find((broker) => !/^(\[[\da-fA-F:.]+\]|[^\s:[\]]+):\d{1,5}$/.test(broker));
  if (wrong !== undefined) {
    throw propertyError(properties, 'bootstrap.servers', `holds ${JSON.stringify(wrong)}; give brokers as host:port`);
  }
  return brokers;
};

const tlsOf = async (properties: ClientProperties) => ({
  ...(await tlsStores(properties)),
  // Kafka compares the broker's name with its certificate unless this is set and empty.
  ...(properties.isEmpty('ssl.endpoint.identification.algorithm') && { checkServerIdentity: () => undefined }),
});

/**
 * Turns the properties of a Kafka client (`--command-config` of Kafka's tools) into what kafkajs needs.
 *
 * @param givenBrokers The brokers where the properties name none, as Kafka's tools take them by an option.
 * @throws ConfigurationError that names the property, its value unless it is secret, and what to write
 */
export const connectionOf = async (
  properties: ClientProperties,
  givenBrokers?: readonly string[],
): Promise<ClientConnection> => {
  const protocol = (properties.get('security.protocol') ?? 'PLAINTEXT').toUpperCase();
  if (!isProtocol(protocol)) {
    throw propertyError(
      properties,
      'security.protocol',
      `is ${JSON.stringify(protocol)}; use ${Object.keys(PROTOCOLS).join(', ')}`,
    );
  }
  const brokers = brokersOf(properties, givenBrokers);
  const { tls, sasl } = PROTOCOLS[protocol];
  return {
    brokers,
    security: {
      ssl: tls ? await tlsOf(properties) : false,
      ...(sasl && { sasl: saslOf(properties, brokers) }),
    },
  };
};
