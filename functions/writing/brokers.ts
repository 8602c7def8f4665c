import type { Configuration } from '../configuration/configuration.ts';
import { ConfigurationError } from '../errors.ts';

/**
 * The listeners behind Amazon MSK's ports
 * (https://docs.aws.amazon.com/msk/latest/developerguide/port-info.html): those of the VPC, then the public ones.
 */
const MSK_LISTENERS: Readonly<Record<string, string>> = {
  '9092': 'plaintext',
  '9094': 'TLS',
  '9096': 'SASL/SCRAM',
  '9098': 'IAM',
  '9194': 'TLS',
  '9196': 'SASL/SCRAM',
  '9198': 'IAM',
};

const portOf = (broker: string): string => broker.slice(broker.lastIndexOf(':') + 1);

/**
 * The brokers to connect to: the configured ones, else the event source's own, which do where nobody has to
 * authenticate and the ports are for what is configured (plaintext or TLS).
 *
 * @throws ConfigurationError when the event source's brokers listen for something else on their ports
 */
export const brokersFor = (
  { brokers, authentication }: Configuration,
  bootstrapServers: readonly string[],
): readonly string[] => {
  if (brokers !== undefined) {
    return brokers;
  }
  const wanted = authentication.type === 'none' && !authentication.tls ? 'plaintext' : 'TLS';
  for (const broker of bootstrapServers) {
    const listener = MSK_LISTENERS[portOf(broker)];
    if (listener !== undefined && listener !== wanted) {
      throw new ConfigurationError(
        `The event source's broker ${broker} has the port for ${listener}, but the function is configured for ` +
          `${wanted} without authentication: configure "brokers", or another "authentication"`,
      );
    }
  }
  return bootstrapServers;
};
