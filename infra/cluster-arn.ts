import { Fn } from 'aws-cdk-lib';

const parts = (clusterArn: string) => {
  // Fn.split and Fn.select leave a known ARN a plain string, and take one that only the deployment knows.
  const halves = Fn.split(':cluster/', clusterArn);
  return { prefix: Fn.select(0, halves), nameAndId: Fn.select(1, halves) };
};

/** The cluster's name, from `arn:…:cluster/NAME/ID`. */
export const clusterName = (clusterArn: string): string => Fn.select(0, Fn.split('/', parts(clusterArn).nameAndId));

/**
 * The ARN of something on the cluster, as IAM access control names it: `arn:…:topic/NAME/ID/TOPIC` (Amazon MSK
 * Developer Guide, "Semantics of IAM authorization policy actions and resources").
 */
export const kafkaResourceArn = (
  clusterArn: string,
  type: 'topic' | 'group' | 'transactional-id',
  name: string,
): string => {
  const { prefix, nameAndId } = parts(clusterArn);
  return `${prefix}:${type}/${nameAndId}/${name}`;
};
