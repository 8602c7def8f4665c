import { describe, expect, test } from '@jest/globals';
import { parseConfiguration } from '../../../functions/configuration/configuration.ts';
import { ConfigurationError } from '../../../functions/errors.ts';
import { brokersFor } from '../../../functions/writing/brokers.ts';

const plaintext = parseConfiguration('', {});
const tls = parseConfiguration('', { authentication: { type: 'none', tls: true } });

describe('the brokers to connect to', () => {
  test("are the configured ones, whatever the event's", () => {
    const configured = parseConfiguration('', { brokers: ['b-1:9098'], authentication: { type: 'iam' } });

    expect(brokersFor(configured, ['b-1:9096'])).toEqual(['b-1:9098']);
  });

  test.each([
    ['plaintext', plaintext, '9092'],
    ['plaintext on a port that is not one of MSK', plaintext, '19092'],
    ['TLS', tls, '9094'],
    ['public TLS', tls, '9194'],
    ['TLS on a port that is not one of MSK', tls, '443'],
  ])("are the event's where their port fits: %s", (_what, configuration, port) => {
    const servers = [`b-1.example.com:${port}`, `b-2.example.com:${port}`];

    expect(brokersFor(configuration, servers)).toEqual(servers);
  });

  test.each([
    ['plaintext', plaintext, '9094', 'TLS'],
    ['plaintext', plaintext, '9096', 'SASL/SCRAM'],
    ['plaintext', plaintext, '9098', 'IAM'],
    ['plaintext', plaintext, '9194', 'TLS'],
    ['TLS', tls, '9092', 'plaintext'],
    ['TLS', tls, '9096', 'SASL/SCRAM'],
    ['TLS', tls, '9196', 'SASL/SCRAM'],
    ['TLS', tls, '9198', 'IAM'],
  ])('are refused for %s where their port is for something else (%#)', (wanted, configuration, port, listener) => {
    expect(() => brokersFor(configuration, ['b-1:12345', `b-2:${port}`])).toThrow(
      new ConfigurationError(
        `The event source's broker b-2:${port} has the port for ${listener}, but the function is configured for ` +
          `${wanted} without authentication: configure "brokers", or another "authentication"`,
      ),
    );
  });
});
