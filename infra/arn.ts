import { Arn, ArnFormat, Token } from 'aws-cdk-lib';

/** The account and region of an ARN; empty where only the deployment knows them. */
export const environmentOf = (arn: string): { readonly account?: string; readonly region?: string } => {
  if (Token.isUnresolved(arn)) {
    return {};
  }
  const { account, region } = Arn.split(arn, ArnFormat.NO_RESOURCE_NAME);
  return { ...(account && { account }), ...(region && { region }) };
};

/** Whether two ARNs are known to be of different regions. */
export const inAnotherRegion = (arn: string, other: string): boolean => {
  const [here, there] = [environmentOf(arn).region, environmentOf(other).region];
  return here !== undefined && there !== undefined && here !== there;
};

/** Whether two ARNs are known to be of different accounts or regions. */
export const isElsewhere = (arn: string, other: string): boolean => {
  const [here, there] = [environmentOf(arn).account, environmentOf(other).account];
  return inAnotherRegion(arn, other) || (here !== undefined && there !== undefined && here !== there);
};
