import { Token } from 'aws-cdk-lib';
import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { object } from '../../functions/configuration/validate.ts';
import { brokerPort } from '../broker-ports.ts';
import type { AuthenticationChoice } from './authentication.ts';
import { list, SWITCH_FIX, text } from './forms.ts';

const brokersFix = 'give the list of brokers, each as "host:port"';
const subnetsFix =
  "give 1 to 16 subnets of the cluster's VPC (subnet-…) in which the function gets its network interfaces";

const schema = object(
  {
    /** The cluster's ARN; the stack goes to its account and region. */
    arn: text(
      /^arn:[\w-]+:kafka:[a-z0-9-]+:\d{12}:cluster\/[\w-]+\/[\w-]+$/,
      "give the MSK cluster's ARN (arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID)",
    ),
    /**
     * The brokers as `host:port`, with the port of the chosen authentication. The event source's own brokers do not do:
     * they may carry the port of another.
     */
    brokers: list(text(/^[^\s:,]+:\d{1,5}$/, brokersFix), 1000, brokersFix),
    /** The cluster's VPC. */
    vpcId: text(/^vpc-[0-9a-f]+$/, "give the cluster's VPC (vpc-…)"),
    /** Subnets of that VPC for the function's network interfaces, 1 to 16; the cluster's own do. */
    subnetIds: list(text(/^subnet-[0-9a-f]+$/, subnetsFix), 16, subnetsFix),
    /** The brokers' security group. It gets a rule that admits the function. */
    securityGroupId: text(/^sg-[0-9a-f]+$/, "give the brokers' security group (sg-…)"),
    /**
     * Whether the cluster has IAM access control enabled, too. Only asked with authentication `none`: Lambda's pollers
     * then use IAM whatever the function does, and need its port and permissions.
     * @default false
     */
    iamAuthentication: v.optional(v.boolean(SWITCH_FIX), false),
  },
  'give the cluster: "arn", "brokers", "vpcId", "subnetIds" and "securityGroupId"',
);

/** The MSK cluster that holds both offsets topics. */
export interface ClusterOptions extends AsWritten<typeof schema> {}

/** The cluster, checked and complete. */
export interface Cluster extends Readonly<v.InferOutput<typeof schema>> {}

export const ClusterSchema: v.GenericSchema<ClusterOptions, Cluster> = schema;

/** Whether it is an MSK Serverless cluster, by the `-s1` at the end of its ARN or by its brokers' domain. */
export const isServerless = ({ arn, brokers }: Pick<Cluster, 'arn' | 'brokers'>): boolean =>
  /-s\d+$/.test(arn) || brokers.some((broker) => broker.includes('.kafka-serverless.'));

/** What is wrong with the cluster beside the authentication. */
export const clusterFaults = (cluster: Cluster, authentication: AuthenticationChoice): readonly string[] => {
  const { brokers } = cluster;
  if (isServerless(cluster) && authentication.type !== 'iam') {
    // Amazon MSK Developer Guide, "What is MSK Serverless?".
    return [
      `authentication.type is "${authentication.type}", and cluster.arn is "${cluster.arn}"; MSK Serverless knows IAM ` +
        'access control alone, give {"type":"iam"} and the brokers with port 9098',
    ];
  }
  const port = brokerPort(authentication);
  return brokers.flatMap((broker, index) =>
    Token.isUnresolved(broker) || broker.endsWith(`:${port}`)
      ? []
      : `cluster.brokers[${index}] is "${broker}"; with authentication "${authentication.type}" the port is ${port}, ` +
        'give the brokers of `aws kafka get-bootstrap-brokers` for it',
  );
};
