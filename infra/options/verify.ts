import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import type { SourceOptions } from '../../functions/configuration/source-options.ts';
import { object } from '../../functions/configuration/validate.ts';
import { inAnotherRegion, isElsewhere } from '../arn.ts';
import type { AuthenticationChoice } from './authentication.ts';
import { optionsFix, SWITCH_FIX, text } from './forms.ts';

const schema = object(
  {
    /**
     * Whether there is a function beside the sync's that answers what `npx mm2-migration verify` does, and draws the
     * dashboard's first widget.
     * @default true
     */
    function: v.optional(v.boolean(SWITCH_FIX), true),
    /**
     * Whether the deployment checks once that it can work, and fails where it cannot: brokers, credentials, rights and
     * topics. It does so again when the configuration changes, and never while the sync is switched off.
     * @default true
     */
    atDeployment: v.optional(v.boolean(SWITCH_FIX), true),
    /**
     * With SCRAM or mTLS, the complete ARN of the secret of another Kafka user, who may read and nothing else.
     * @default - the sync's own user
     */
    secretArn: v.optional(
      text(
        /^arn:[\w-]+:secretsmanager:[a-z0-9-]+:\d{12}:secret:.+-[A-Za-z0-9]{6}$/,
        "give the secret's complete ARN with the six characters that Secrets Manager added " +
          '(arn:aws:secretsmanager:REGION:ACCOUNT:secret:NAME-SUFFIX)',
      ),
    ),
    /**
     * The ARN of that secret's customer-managed key; SCRAM secrets have one.
     * @default - the secret is encrypted with the account's default key
     */
    keyArn: v.optional(
      text(
        /^arn:[\w-]+:kms:[a-z0-9-]+:\d{12}:key\/[\w-]+$/,
        "give the ARN of the secret's customer-managed key (arn:aws:kms:REGION:ACCOUNT:key/ID), not an alias",
      ),
    ),
  },
  optionsFix('verify'),
);

/** The function that tells what MM2 would do, and the check at the deployment. */
export interface VerifyFunctionOptions extends AsWritten<typeof schema> {}

/** The same, checked and complete. */
export interface VerifyChoice extends Readonly<v.InferOutput<typeof schema>> {}

export const VerifyFunctionSchema: v.GenericSchema<VerifyFunctionOptions, VerifyChoice> = schema;

/** What the verify function's options stand beside. */
export interface BesideVerify {
  readonly verify: VerifyChoice;
  readonly authentication: AuthenticationChoice;
  readonly cluster: { readonly arn: string };
  readonly network: { readonly source?: string | undefined };
  readonly source?: SourceOptions | undefined;
}

const secretFaults = ({ verify, authentication, cluster }: BesideVerify): readonly string[] => {
  const { secretArn, keyArn } = verify;
  if (secretArn === undefined) {
    return keyArn === undefined
      ? []
      : [`verify.keyArn is "${keyArn}"; remove it, or give the secret that it encrypts in verify.secretArn`];
  }
  const faults: string[] = [];
  if (authentication.type !== 'scram' && authentication.type !== 'mtls') {
    faults.push(
      `verify.secretArn is "${secretArn}"; remove it: authentication "${authentication.type}" takes no secret`,
    );
  }
  if (isElsewhere(secretArn, cluster.arn)) {
    faults.push(`verify.secretArn is "${secretArn}"; MSK wants the secret in the cluster's account and region`);
  }
  if (keyArn !== undefined && inAnotherRegion(keyArn, cluster.arn)) {
    faults.push(
      `verify.keyArn is "${keyArn}"; a key works in its own region alone, give the one in the cluster's region`,
    );
  }
  if (authentication.type === 'scram') {
    if (!Token.isUnresolved(secretArn) && !secretArn.includes(':secret:AmazonMSK_')) {
      faults.push(`verify.secretArn is "${secretArn}"; give a secret whose name starts with "AmazonMSK_"`);
    }
    if (keyArn === undefined) {
      faults.push(
        'verify.keyArn is missing; MSK refuses a SCRAM secret with the default key aws/secretsmanager, give the ARN of ' +
          'the customer-managed key that encrypts the secret',
      );
    }
  }
  return faults;
};

const sourceFaults = ({ verify, network, source }: BesideVerify): readonly string[] => {
  if (source === undefined || !verify.function) {
    return network.source === undefined
      ? []
      : [`network.source is "${network.source}"; remove it: no function of the stack goes to the source`];
  }
  return source.authentication.type === 'iam' && source.authentication.clusterArn === undefined
    ? [
        "source.authentication.clusterArn is missing; give the source MSK cluster's ARN, so that the verify function is " +
          'granted the right to read there, or set verify.function to false',
      ]
    : [];
};

/** What is wrong with the verify function's options beside the others. */
export const verifyFaults = (beside: BesideVerify): readonly string[] => [
  ...secretFaults(beside),
  ...sourceFaults(beside),
];
