import * as v from 'valibot';
import { notAList, object, validate } from './validate.ts';

const brokersFix = 'give the source\'s brokers as a list of "host:port"';
const secretFix = "give the secret's complete ARN (arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX)";
const tlsFix = 'give true (TLS) or false (plaintext)';
const caFix = 'give the certificates of the private authority as PEM text, or leave "ca" out for the public ones';
const regionFix = 'give the AWS region of the source, for example "eu-central-1"';
const authenticationFix =
  'use {"type":"none"}, {"type":"scram","secretArn":…}, {"type":"plain","secretArn":…}, {"type":"mtls","secretArn":…} ' +
  'or {"type":"iam","region":…}';
const sourceFix = 'give the source as an object with "brokers" and "authentication"';

const secretArn = v.pipe(
  v.string(secretFix),
  v.regex(/^arn:[\w-]+:secretsmanager:[\w-]+:\d{12}:secret:.+$/, secretFix),
);
const keyFix =
  "give the ARN of the secret's customer-managed key (arn:aws:kms:REGION:ACCOUNT:key/ID), or leave it out for the default key";
const clusterFix = "give the source MSK cluster's ARN (arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID)";
const keyArn = v.optional(v.pipe(v.string(keyFix), v.regex(/^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/, keyFix)));
const ca = v.optional(v.pipe(v.string(caFix), v.regex(/-----BEGIN CERTIFICATE-----/, caFix)));
const tls = v.optional(v.boolean(tlsFix), true);

const SourceAuthenticationSchema = v.variant(
  'type',
  [
    object({ type: v.literal('none'), tls: v.optional(v.boolean(tlsFix), false), ca }, authenticationFix),
    object(
      {
        type: v.literal('scram'),
        secretArn,
        keyArn,
        mechanism: v.optional(
          v.picklist(['SCRAM-SHA-256', 'SCRAM-SHA-512'], 'use "SCRAM-SHA-256" or "SCRAM-SHA-512"'),
          'SCRAM-SHA-512',
        ),
        tls,
        ca,
      },
      authenticationFix,
    ),
    object({ type: v.literal('plain'), secretArn, keyArn, tls, ca }, authenticationFix),
    object({ type: v.literal('mtls'), secretArn, keyArn, ca }, authenticationFix),
    object(
      {
        type: v.literal('iam'),
        region: v.optional(v.pipe(v.string(regionFix), v.nonEmpty(regionFix))),
        clusterArn: v.optional(
          v.pipe(
            v.string(clusterFix),
            v.regex(/^arn:[\w-]+:kafka:[a-z0-9-]+:\d{12}:cluster\/[\w-]+\/[\w-]+$/, clusterFix),
          ),
        ),
      },
      authenticationFix,
    ),
  ],
  authenticationFix,
);

const isBroker = (broker: string): boolean => {
  const port = Number(/^[^\s:,]+:(\d{1,5})$/.exec(broker)?.[1]);
  return port >= 1 && port <= 65_535;
};

/** The schema of the block `source`. */
export const SourceSchema = object(
  {
    /** The source cluster's brokers, as `host:port`. */
    brokers: v.pipe(
      v.array(v.pipe(v.string(brokersFix), v.check(isBroker, brokersFix)), brokersFix),
      v.nonEmpty(brokersFix),
    ),
    /**
     * How to authenticate to them. `ca` is a private authority's certificates (PEM); secrets are
     * `{"username":…,"password":…}`, for client certificates `{"certificate":…,"privateKey":…}`. `keyArn` and `clusterArn`
     * are for the stack, which grants its function the rights to them.
     * @default {"type":"none"}
     */
    authentication: v.optional(SourceAuthenticationSchema, { type: 'none' }),
  },
  sourceFix,
);

/** How to authenticate to the source cluster. */
export type SourceAuthentication = v.InferOutput<typeof SourceAuthenticationSchema>;

/** What it takes to authenticate to the source: nothing, Secrets Manager, or the signer of IAM tokens. */
export type SourceKind = 'none' | 'secret' | 'iam';

/** Which of them a source's authentication is. */
export const sourceKindOf = ({ type }: SourceAuthentication): SourceKind => {
  switch (type) {
    case 'none':
    case 'iam':
      return type;
    case 'scram':
    case 'plain':
    case 'mtls':
      return 'secret';
  }
};

/** The block `source`: the cluster that is copied from, which only `verify` and its function look at. */
export type SourceOptions = v.InferOutput<typeof SourceSchema>;

/**
 * Checks the block `source`.
 *
 * @param root What the block is to the reader of an error.
 * @throws ConfigurationError that names every field at fault by its path, its value and the fix
 */
export const parseSource = (root: string, options: unknown): SourceOptions =>
  validate(root, notAList(SourceSchema, sourceFix), options);
