import { X509Certificate } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { type ConnectionOptions, createSecureContext } from 'node:tls';
import { type ClientProperties, propertyError } from './client-properties.ts';

/** What a TLS connection needs of a client's stores. */
export type TlsStores = Pick<ConnectionOptions, 'ca' | 'cert' | 'key' | 'passphrase'>;

const BLOCK = /-----BEGIN ([A-Z0-9 ]+)-----([\s\S]*?)-----END \1-----/g;

interface PemBlock {
  readonly label: string;
  readonly text: string;
}

/** Base64 with its lines as OpenSSL wants them: in properties a PEM often is one line, with spaces for the breaks. */
const linesOf = (body: string): string =>
  // A body with headers ("Proc-Type: …") is left as it is.
  body.includes(':') ? body.trim() : (body.replaceAll(/\s/g, '').match(/.{1,64}/g) ?? []).join('\n');

/** The certificates and keys of a PEM text; anything between them is a comment (DefaultSslEngineFactory.PemParser). */
const blocksOf = (pem: string): readonly PemBlock[] =>
  [...pem.matchAll(BLOCK)].map(([, label = '', body = '']) => ({
    label,
    text: `-----BEGIN ${label}-----\n${linesOf(body)}\n-----END ${label}-----\n`,
  }));

const textsOf = (blocks: readonly PemBlock[], kind: RegExp): readonly string[] =>
  blocks.filter(({ label }) => kind.test(label)).map(({ text }) => text);

const textOf = (blocks: readonly PemBlock[], kind: RegExp): string | undefined =>
  textsOf(blocks, kind).join('') || undefined;

const CERTIFICATE = /CERTIFICATE$/;
const PRIVATE_KEY = /PRIVATE KEY$/;

/** How a store of Java's becomes PEM. */
const CONVERSIONS: Readonly<Record<'truststore' | 'keystore', (location: string) => string>> = {
  truststore: (location) =>
    `convert it: keytool -list -rfc -keystore ${location} > truststore.pem, then write ssl.truststore.type=PEM and ` +
    'ssl.truststore.location=truststore.pem',
  keystore: (location) =>
    `convert it: keytool -importkeystore -srckeystore ${location} -destkeystore keystore.p12 -deststoretype PKCS12, ` +
    'openssl pkcs12 -in keystore.p12 -out keystore.pem, then write ssl.keystore.type=PEM, ' +
    "ssl.keystore.location=keystore.pem and the new key's password as ssl.key.password",
};

const readStore = async (
  properties: ClientProperties,
  store: 'truststore' | 'keystore',
): Promise<string | undefined> => {
  const name = `ssl.${store}.location`;
  const location = properties.get(name);
  if (location === undefined) {
    return undefined;
  }
  const type = (properties.get(`ssl.${store}.type`) ?? 'JKS').toUpperCase();
  if (type !== 'PEM') {
    throw propertyError(
      properties,
      name,
      `is "${location}", a store of type ${type}, which only Java reads; ${CONVERSIONS[store](location)}`,
    );
  }
  return readFile(location, 'utf8').catch((error: unknown) => {
    const code = typeof error === 'object' && error !== null && 'code' in error ? String(error.code) : 'an error';
    throw propertyError(
      properties,
      name,
      `is "${location}", which cannot be read (${code}); give the path of a PEM file`,
    );
  });
};

const authoritiesOf = async (properties: ClientProperties): Promise<readonly string[]> => {
  const inline = properties.get('ssl.truststore.certificates');
  const pem = inline ?? (await readStore(properties, 'truststore'));
  const certificates = textsOf(blocksOf(pem ?? ''), CERTIFICATE);
  if (pem !== undefined && certificates.length === 0) {
    const name = inline === undefined ? 'ssl.truststore.location' : 'ssl.truststore.certificates';
    throw propertyError(
      properties,
      name,
      'holds no certificate; give certificates in PEM (-----BEGIN CERTIFICATE-----)',
    );
  }
  return certificates;
};

const identityOf = async (properties: ClientProperties): Promise<TlsStores> => {
  const inlineKey = properties.get('ssl.keystore.key');
  const inlineChain = properties.get('ssl.keystore.certificate.chain');
  const isInline = inlineKey !== undefined || inlineChain !== undefined;
  const stored = isInline ? undefined : await readStore(properties, 'keystore');
  if (!isInline && stored === undefined) {
    return {};
  }
  const key = textOf(blocksOf(inlineKey ?? stored ?? ''), PRIVATE_KEY);
  const cert = textOf(blocksOf(inlineChain ?? stored ?? ''), CERTIFICATE);
  const fix = 'give both in PEM (-----BEGIN PRIVATE KEY-----, -----BEGIN CERTIFICATE-----)';
  if (key === undefined) {
    throw propertyError(
      properties,
      isInline ? 'ssl.keystore.key' : 'ssl.keystore.location',
      `holds no private key; ${fix}`,
    );
  }
  if (cert === undefined) {
    const name = isInline ? 'ssl.keystore.certificate.chain' : 'ssl.keystore.location';
    throw propertyError(properties, name, `holds no certificate; ${fix}`);
  }
  const passphrase = properties.get('ssl.key.password');
  return { key, cert, ...(passphrase !== undefined && { passphrase }) };
};

/**
 * A client's PEM stores (KIP-651), from files or inline.
 *
 * @throws ConfigurationError that names the property, never what it holds
 */
export const tlsStores = async (properties: ClientProperties): Promise<TlsStores> => {
  const authorities = await authoritiesOf(properties);
  const stores = {
    ...(authorities.length > 0 && { ca: authorities.join('') }),
    ...(await identityOf(properties)),
  };
  try {
    createSecureContext(stores);
    // OpenSSL passes over an authority that it cannot read.
    authorities.map((certificate) => new X509Certificate(certificate));
  } catch {
    // OpenSSL's message is left out: it may quote what is secret.
    throw propertyError(
      properties,
      stores.key === undefined ? 'ssl.truststore.location' : 'ssl.keystore.location',
      'or what stands inline for it cannot be used: a certificate is damaged, key and certificate do not belong together, ' +
        'or ssl.key.password is missing or wrong; export the store again',
    );
  }
  return stores;
};
