import { generate } from 'selfsigned';

/** A certificate and its private key (PKCS#8), both PEM. */
export interface CertifiedKey {
  readonly certificate: string;
  readonly privateKey: string;
}

/** What TLS between a local broker and its clients takes. */
export interface Certificates {
  /** The authority that both others are signed by. */
  readonly authority: CertifiedKey;
  /** For the broker: names 127.0.0.1 and localhost. */
  readonly broker: CertifiedKey;
  /** For a client that has to show who it is (mTLS). */
  readonly client: CertifiedKey;
}

/** Makes fresh certificates, valid from yesterday for 30 days. They are worth nothing beyond this machine. */
export const makeCertificates = async (): Promise<Certificates> => {
  const authority = await certify('Local test authority', [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, critical: true },
  ]);
  const broker = await certify(
    'localhost',
    [
      { name: 'extKeyUsage', serverAuth: true },
      {
        name: 'subjectAltName',
        altNames: [
          { type: DNS_NAME, value: 'localhost' },
          { type: IP_ADDRESS, ip: '127.0.0.1' },
        ],
      },
    ],
    authority,
  );
  const client = await certify('client', [{ name: 'extKeyUsage', clientAuth: true }], authority);
  return { authority, broker, client };
};

// GeneralName's tags, RFC 5280 section 4.2.1.6.
const DNS_NAME = 2;
const IP_ADDRESS = 7;

type Extensions = NonNullable<NonNullable<Parameters<typeof generate>[1]>['extensions']>;

const certify = async (commonName: string, extensions: Extensions, signer?: CertifiedKey): Promise<CertifiedKey> => {
  const day = 24 * 60 * 60_000;
  const { cert, private: privateKey } = await generate([{ name: 'commonName', value: commonName }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - day),
    notAfterDate: new Date(Date.now() + 30 * day),
    extensions,
    ...(signer ? { ca: { cert: signer.certificate, key: signer.privateKey } } : {}),
  });
  return { certificate: cert, privateKey };
};
