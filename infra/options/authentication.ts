import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { object } from '../../functions/configuration/validate.ts';
import { inAnotherRegion, isElsewhere } from '../arn.ts';
import { text } from './forms.ts';

const authenticationFix = 'use {"type":"scram"}, {"type":"mtls","secretArn":…}, {"type":"iam"} or {"type":"none"}';
const secretNameFix =
  'give a name that starts with "AmazonMSK_": MSK refuses other secrets (letters, digits and /_+=.@- may follow)';
const completeArnFix =
  "give the secret's complete ARN with the six characters that Secrets Manager added " +
  '(arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX): Lambda finds no MSK secret by less';
const secretArn = text(/^arn:[\w-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/, completeArnFix);
const keyArn = text(
  /^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
  "give the ARN of the secret's customer-managed key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias",
);

const none = object(
  {
    /** No authentication. */
    type: v.literal('none'),
    /**
     * TLS (port 9094) or plaintext (port 9092).
     * @default false
     */
    tls: v.optional(v.boolean('give true (port 9094) or false (port 9092)'), false),
  },
  authenticationFix,
);

const scram = object(
  {
    /** SASL/SCRAM with SHA-512, port 9096. */
    type: v.literal('scram'),
    /**
     * The name of the secret to create, which has to start with `AmazonMSK_`.
     * @default `AmazonMSK_<name>`
     */
    secretName: v.optional(text(/^AmazonMSK_[\w/+=.@-]{1,490}$/, secretNameFix)),
    /**
     * The Kafka user in the secret to create. It needs ACLs on the cluster.
     * @default - the deployment's `name`
     */
    username: v.optional(text(/^[\w.@-]{1,128}$/, 'give a name of 1 to 128 letters, digits, ".", "_", "@" and "-"')),
    /**
     * The complete ARN of an existing secret `{"username","password"}` that is already associated with the cluster.
     * @default - a secret with a generated password is created and associated
     */
    secretArn: v.optional(secretArn),
    /**
     * The ARN of the customer-managed key of the existing secret; MSK refuses secrets with the default key.
     * @default - a key with rotation is created with the secret
     */
    keyArn: v.optional(keyArn),
  },
  authenticationFix,
);

const mtls = object(
  {
    /** TLS client certificates, port 9094. */
    type: v.literal('mtls'),
    /** The complete ARN of a secret `{"certificate","privateKey","privateKeyPassword"?}` in PEM. */
    secretArn,
    /**
     * The ARN of the secret's customer-managed key.
     * @default - the secret is encrypted with the account's default key
     */
    keyArn: v.optional(keyArn),
  },
  authenticationFix,
);

const iam = object(
  {
    /** IAM access control, port 9098. */
    type: v.literal('iam'),
  },
  authenticationFix,
);

const schema = v.variant('type', [none, scram, mtls, iam], authenticationFix);

/**
 * How the function authenticates, and with it the event source. One secret serves both, in the format that Lambda's
 * pollers want (AWS Lambda Developer Guide, "Configuring Amazon MSK cluster authentication methods").
 */
export type AuthenticationOptions = AsWritten<typeof schema>;

/** The authentication, checked and complete. */
export type AuthenticationChoice = v.InferOutput<typeof schema>;

export const AuthenticationSchema: v.GenericSchema<AuthenticationOptions, AuthenticationChoice> = schema;

type Scram = v.InferOutput<typeof scram>;

const existingSecretFaults = ({ secretName, username, keyArn: key }: Scram, arn: string): readonly string[] => [
  ...(Token.isUnresolved(arn) || arn.includes(':secret:AmazonMSK_')
    ? []
    : [`authentication.secretArn is "${arn}"; give a secret whose name starts with "AmazonMSK_"`]),
  ...(key === undefined
    ? [
        'authentication.keyArn is missing; MSK refuses a SCRAM secret with the default key aws/secretsmanager, ' +
          'give the ARN of the customer-managed key that encrypts the secret',
      ]
    : []),
  ...Object.entries({ secretName, username }).flatMap(([field, value]) =>
    value === undefined
      ? []
      : `authentication.${field} is "${value}"; remove it: the secret of authentication.secretArn is used`,
  ),
];

/** What is wrong with the secret and its key beside each other and the cluster. */
export const authenticationFaults = (authentication: AuthenticationChoice, clusterArn: string): readonly string[] => {
  if (authentication.type !== 'scram' && authentication.type !== 'mtls') {
    return [];
  }
  const { secretArn: secret, keyArn: key } = authentication;
  const faults: string[] = [];
  if (secret && isElsewhere(secret, clusterArn)) {
    faults.push(
      `authentication.secretArn is "${secret}"; Lambda and MSK want the secret in the cluster's account and region`,
    );
  }
  if (key && inAnotherRegion(key, clusterArn)) {
    faults.push(
      `authentication.keyArn is "${key}"; a key works in its own region alone, give the key in the cluster's region ` +
        'that encrypts the secret',
    );
  }
  if (authentication.type === 'mtls') {
    return faults;
  }
  if (secret === undefined && key !== undefined) {
    faults.push(`authentication.keyArn is "${key}"; remove it: the secret to create gets a key of its own`);
  }
  return [...faults, ...(secret ? existingSecretFaults(authentication, secret) : [])];
};
