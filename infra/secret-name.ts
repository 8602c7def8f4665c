import { environmentOf } from './arn.ts';
import type { AuthenticationChoice } from './options/authentication.ts';

/** What a secret is for. */
export interface Keyed {
  /** The deployment's name. */
  readonly name: string;
  readonly authentication: AuthenticationChoice;
  readonly cluster: { readonly arn: string };
}

/** The name of the SCRAM secret to create. */
export const newSecretName = ({ authentication, name }: Keyed): string =>
  (authentication.type === 'scram' && authentication.secretName) || `AmazonMSK_${name}`;

/** The secret's ARN, or a stand-in of the right form and length for the one that the secret to create will have. */
export const secretArnToBe = (keyed: Keyed): string => {
  const { authentication, cluster } = keyed;
  if ('secretArn' in authentication && authentication.secretArn) {
    return authentication.secretArn;
  }
  const { account = '000000000000', region = 'us-east-1' } = environmentOf(cluster.arn);
  return `arn:aws:secretsmanager:${region}:${account}:secret:${newSecretName(keyed)}-XXXXXX`;
};
