import type { Form } from './form.ts';

/** Where the secrets of a configuration are to be put, and how it refers to them. */
export interface SecretPlace {
  /** The reference to a secret. */
  readonly referenceTo: (cluster: 'source' | 'target', name: string) => string;
  /** What a person has to do so that the reference leads to it. */
  readonly adviceOn: (cluster: 'source' | 'target', name: string) => string;
}

/** The file that a dedicated MM2, or the workers of a Connect cluster, read secrets from unless another is named. */
export const SECRETS_FILE = '/etc/kafka/mm2-secrets.properties';

/** The providers' classes: KIP-297, and aws-samples/msk-config-providers, whose jar MSK Connect needs in the plugin. */
export const FILE_PROVIDER = 'org.apache.kafka.common.config.provider.FileConfigProvider';
export const SECRETS_MANAGER_PROVIDER = 'com.amazonaws.kafka.config.providers.SecretsManagerConfigProvider';

const ofFile = (file: string): SecretPlace => ({
  referenceTo: (cluster, name) => `\${file:${file}:${cluster}.${name}}`,
  adviceOn: (cluster, name) => `write it into ${file} as ${cluster}.${name}, for MM2's user alone to read`,
});

const ofSecretsManager: SecretPlace = {
  referenceTo: (cluster, name) => `\${secretsmanager:mm2-${cluster}:${name}}`,
  adviceOn: (cluster, name) =>
    `put it as "${name}" into the JSON of the secret "mm2-${cluster}" in AWS Secrets Manager, which the connector's role may read`,
};

/** Where the secrets are put. Strimzi's own go into the resource's `authentication`; what has no field there, into a file. */
export const secretPlaceOf = (form: Form, file: string = SECRETS_FILE): SecretPlace =>
  form === 'msk-connect' ? ofSecretsManager : ofFile(file);

/** A value that is a reference as a whole, which holds no secret. */
const WHOLE_REFERENCE = /^\$\{[\w.-]+:[^{}\s]*\}$/;

export const isWholeReference = (value: string): boolean => WHOLE_REFERENCE.test(value.trim());

/** A setting that may hold a secret, by its name. */
const SECRET_NAME =
  /password|passwd|passphrase|secret|token|credential|jaas|private|assertion|api.?key|access.?key|basic\.auth|user.?info|salt/i;

/** The settings of Kafka's clients that are of the type "password", and those that are like it. */
const SECRET_SETTINGS = new Set(['ssl.keystore.key', 'ssl.keystore.certificate.chain', 'ssl.truststore.certificates']);

export const isSecretName = (name: string): boolean => SECRET_SETTINGS.has(name) || SECRET_NAME.test(name);

/** What a secret looks like where its setting's name does not tell. */
const SECRET_VALUES: readonly RegExp[] = [
  /PRIVATE KEY/,
  // Options of a JAAS login module.
  /\brequired\b[\s\S]*=/,
  // Userinfo of a URL (RFC 3986, 3.2.1), also behind jdbc:; a password may hold what it should not.
  /:\/\/[^\s/?#]*@/,
  /:\/\/[^\s@]*:[^\s@]*@/,
  // A header's value (RFC 9110, 11.4).
  /\b(bearer|basic|digest|negotiate|api-?key|token)\s+\S/i,
  // A parameter: of a URL's query, of a connection string, of JSON.
  /(pass(word|wd|phrase)?|pwd|secret|token|credentials?|authorization|signature|(api|access|account|shared)[-_.]?key(name)?)["']?\s*[=:]/i,
  // A JSON Web Token; an access key of AWS.
  /\beyJ[\w-]+\.[\w-]+\./,
  /\b(AKIA|ASIA)[A-Z\d]{16}\b/,
];

export const isSecretValue = (value: string): boolean => SECRET_VALUES.some((pattern) => pattern.test(value));
