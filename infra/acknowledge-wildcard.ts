import { Stack, Validations } from 'aws-cdk-lib';
import type { IConstruct } from 'constructs';

/** A resolved reference as cdk-nag writes it into the name of a finding: `arn:<AWS::Partition>:…`. */
const flatten = (node: unknown): string => {
  if (typeof node === 'string') {
    return node;
  }
  const reference = Object(node) as Readonly<Record<string, unknown>>;
  if (Array.isArray(reference['Fn::Join'])) {
    const [delimiter, items] = reference['Fn::Join'] as [string, unknown[]];
    return items.map(flatten).join(delimiter);
  }
  if (Array.isArray(reference['Fn::GetAtt'])) {
    return `<${reference['Fn::GetAtt'].map(flatten).join('.')}>`;
  }
  return reference.Ref === undefined ? JSON.stringify(node) : `<${flatten(reference.Ref)}>`;
};

/** Tells cdk-nag why a policy of this construct has a resource with a wildcard. */
export const acknowledgeWildcard = (scope: IConstruct, resource: string, reason: string): void => {
  const id = `AwsSolutions-IAM5[Resource::${flatten(Stack.of(scope).resolve(resource))}]`;
  Validations.of(scope).acknowledge({ id, reason });
};
