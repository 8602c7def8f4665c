import { Arn, ArnFormat, Token } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import * as v from 'valibot';
import {
  type Configuration,
  type ConfigurationOptions,
  parseConfiguration,
} from '../functions/configuration/configuration.ts';
import { object, validate } from '../functions/configuration/validate.ts';
import { ConfigurationError } from '../functions/errors.ts';
import { type AuthenticationProps, brokerPort } from './authentication.ts';
import { ENVIRONMENT_LIMIT, environmentSize, functionEnvironment } from './environment.ts';

/** The MSK cluster that holds both offsets topics. */
export interface ClusterProps {
  /** The cluster's ARN; the stack goes to its account and region. */
  readonly arn: string;
  /**
   * The brokers as `host:port`, with the port of the chosen authentication. The event source's own brokers do not do:
   * they may carry the port of another.
   */
  readonly brokers: readonly string[];
  /** The cluster's VPC. */
  readonly vpcId: string;
  /** Subnets of that VPC for the function's network interfaces, 1 to 16; the cluster's own do. */
  readonly subnetIds: readonly string[];
  /** The brokers' security group. It gets a rule that admits the function. */
  readonly securityGroupId: string;
  /**
   * Whether the cluster has IAM access control enabled, too. Only asked with authentication `none`: Lambda's pollers
   * then use IAM whatever the function does, and need its port and permissions.
   * @default false
   */
  readonly iamAuthentication?: boolean | undefined;
}

/** How Lambda reads Replicator's offsets topic. */
export interface EventSourceProps {
  /**
   * The most records of one invocation, 1 to 10,000. Lambda also ends a batch at 6 MB.
   * @default 10000 - only a key's newest record counts, so the larger the batch, the fewer writes
   */
  readonly batchSize?: number | undefined;
  /**
   * How long Lambda gathers records before it invokes the function, in seconds, 0 to 300.
   * @default 5 - gathers what Connect's workers flush together, and is little beside their flush interval of 60
   */
  readonly batchingWindowSeconds?: number | undefined;
  /**
   * Provisioned pollers, 1 to 200 at least and 1 to 2,000 at most. They need no route to AWS services, and send the
   * event source's own metrics; each costs money all the time.
   * @default - on-demand pollers
   */
  readonly pollers?: { readonly minimum: number; readonly maximum: number } | undefined;
}

/** How the function runs. */
export interface FunctionProps {
  /**
   * Reserves one concurrent invocation, so that the function is the single writer. Switch it off in an account whose
   * unreserved concurrency would fall below its minimum; the function's transactions still fence a second instance.
   * @default true
   */
  readonly reserveConcurrency?: boolean | undefined;
  /**
   * `DEBUG`, `INFO`, `WARN` or `ERROR`.
   * @default 'INFO'
   */
  readonly logLevel?: (typeof LOG_LEVELS)[number] | undefined;
  /**
   * How long logs are kept, in days: a value that CloudWatch knows (1, 3, 5, 7, 14, 30, 60, 90, …).
   * @default 30
   */
  readonly logRetentionDays?: number | undefined;
}

/** What the stack adds to the cluster's network. */
export interface NetworkProps {
  /**
   * Adds a rule to the cluster's security group that admits itself on the event source's port: Lambda's pollers run in
   * that group. Leave it off where such a rule exists, because EC2 refuses a second one.
   * @default false
   */
  readonly admitEventSource?: boolean | undefined;
  /**
   * Interface endpoints for a VPC without NAT. On-demand pollers need `lambda` and `sts`, and `secretsmanager` where
   * there is a secret; so does the function. Provisioned pollers need none. Leave out what the VPC has already, because
   * it can have only one of each with private DNS.
   * @default - none, the VPC has a NAT gateway or endpoints of its own
   */
  readonly endpoints?:
    | {
        readonly services: readonly (typeof ENDPOINT_SERVICES)[number][];
        /** The VPC's IPv4 range. By private DNS the endpoints serve everybody in the VPC, so they admit all of it. */
        readonly vpcCidr: string;
      }
    | undefined;
}

/** Whom to tell, and when. */
export interface AlarmProps {
  /**
   * The ARN of an SNS topic that every alarm notifies, and notifies again when it is over.
   * @default - alarms change their state only
   */
  readonly topicArn?: string | undefined;
  /**
   * How old the newest offset written may be while the event source lags, in seconds, at least 60.
   * @default 600
   */
  readonly newestRecordAgeSeconds?: number | undefined;
}

/** The `migration` block of the CDK context, and the props of `OffsetSync`. */
export interface OffsetSyncProps {
  /**
   * The deployment's name, unique among those on one cluster: the consumer groups' prefix, the transactional id, the
   * metrics' `service`.
   * @default 'mm2-migration'
   */
  readonly name?: string | undefined;
  /** The MSK cluster that holds both offsets topics. */
  readonly cluster: ClusterProps;
  /** How the function and the event source authenticate. */
  readonly authentication: AuthenticationProps;
  /**
   * Which Replicator connector is kept in step with which MM2 connector.
   * @default - one flow: connector `replicator`, source alias `primary`, a dedicated MM2
   */
  readonly flows?: ConfigurationOptions['flows'];
  /**
   * The `offset.storage.topic` of the Connect workers that run Replicator.
   * @default 'connect-offsets'
   */
  readonly replicatorOffsetsTopic?: string | undefined;
  /**
   * The replication factor of MM2's offsets topics where the function creates them.
   * @default - the brokers' default
   */
  readonly replicationFactor?: number | undefined;
  /**
   * Whether the sync runs. Set it to false at the cutover, once Replicator is stopped and the lag is gone.
   * @default true
   */
  readonly enabled?: boolean | undefined;
  /**
   * Raise it to read the whole of Replicator's offsets topic again. A changed flow does so by itself.
   * @default 0
   */
  readonly replay?: number | undefined;
  /**
   * How Lambda reads Replicator's offsets topic.
   * @default - on-demand pollers, batches of 10,000 records or 5 seconds
   */
  readonly eventSource?: EventSourceProps | undefined;
  /**
   * How the function runs.
   * @default - one invocation at a time, log level INFO, logs kept 30 days
   */
  readonly function?: FunctionProps | undefined;
  /**
   * What the stack adds to the cluster's network.
   * @default - one rule that admits the function to the brokers
   */
  readonly network?: NetworkProps | undefined;
  /**
   * Whom to tell, and when.
   * @default - alarms notify nobody
   */
  readonly alarms?: AlarmProps | undefined;
}

const LOG_LEVELS = ['DEBUG', 'INFO', 'WARN', 'ERROR'] as const;
const ENDPOINT_SERVICES = ['lambda', 'sts', 'secretsmanager'] as const;
const RETENTIONS = Object.values(RetentionDays).filter(
  (days): days is number => typeof days === 'number' && days !== RetentionDays.INFINITE,
);

/** A string of a given form, or one that only the deployment knows. */
const text = (form: RegExp, fix: string) =>
  v.pipe(
    v.string(fix),
    v.check((input) => Token.isUnresolved(input) || form.test(input), fix),
  );

const integer = (minimum: number, maximum: number, fix: string) =>
  v.pipe(v.number(fix), v.integer(fix), v.minValue(minimum, fix), v.maxValue(maximum, fix));

const list = <Item extends v.GenericSchema>(item: Item, maximum: number, fix: string) =>
  v.pipe(v.array(item, fix), v.nonEmpty(fix), v.maxLength(maximum, fix));

const options = (name: string) => `give the ${name} options as an object, or leave "${name}" out`;
const switchFix = 'give true or false';

const brokersFix = 'give the list of brokers, each as "host:port"';
const subnetsFix =
  "give 1 to 16 subnets of the cluster's VPC (subnet-…) in which the function gets its network interfaces";
const ClusterSchema = object(
  {
    arn: text(
      /^arn:[\w-]+:kafka:[a-z0-9-]+:\d{12}:cluster\/[\w-]+\/[\w-]+$/,
      "give the MSK cluster's ARN (arn:aws:kafka:REGION:ACCOUNT:cluster/NAME/ID)",
    ),
    brokers: list(text(/^[^\s:,]+:\d{1,5}$/, brokersFix), 1000, brokersFix),
    vpcId: text(/^vpc-[0-9a-f]+$/, "give the cluster's VPC (vpc-…)"),
    subnetIds: list(text(/^subnet-[0-9a-f]+$/, subnetsFix), 16, subnetsFix),
    securityGroupId: text(/^sg-[0-9a-f]+$/, "give the brokers' security group (sg-…)"),
    iamAuthentication: v.optional(v.boolean(switchFix), false),
  },
  'give the cluster: "arn", "brokers", "vpcId", "subnetIds" and "securityGroupId"',
);

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
const authenticationFix = 'use {"type":"scram"}, {"type":"mtls","secretArn":…}, {"type":"iam"} or {"type":"none"}';
const AuthenticationSchema = v.variant(
  'type',
  [
    object(
      { type: v.literal('none'), tls: v.optional(v.boolean('give true (port 9094) or false (port 9092)'), false) },
      authenticationFix,
    ),
    object(
      {
        type: v.literal('scram'),
        secretName: v.optional(text(/^AmazonMSK_[\w/+=.@-]{1,490}$/, secretNameFix)),
        username: v.optional(
          text(/^[\w.@-]{1,128}$/, 'give a name of 1 to 128 letters, digits, ".", "_", "@" and "-"'),
        ),
        secretArn: v.optional(secretArn),
        keyArn: v.optional(keyArn),
      },
      authenticationFix,
    ),
    object({ type: v.literal('mtls'), secretArn, keyArn: v.optional(keyArn) }, authenticationFix),
    object({ type: v.literal('iam') }, authenticationFix),
  ],
  authenticationFix,
);

const pollersFix = 'give "minimum" (1 to 200) and "maximum" (1 to 2000), or leave "pollers" out for on-demand pollers';
const EventSourceSchema = object(
  {
    batchSize: v.optional(integer(1, 10_000, 'give a whole number from 1 to 10000'), 10_000),
    batchingWindowSeconds: v.optional(integer(0, 300, 'give a whole number of seconds from 0 to 300'), 5),
    pollers: v.optional(
      object({ minimum: integer(1, 200, pollersFix), maximum: integer(1, 2000, pollersFix) }, pollersFix),
    ),
  },
  options('eventSource'),
);

const logLevelFix = `use one of ${LOG_LEVELS.join(', ')}`;
const retentionFix = `use a number of days that CloudWatch knows: ${RETENTIONS.join(', ')}`;
const FunctionSchema = object(
  {
    reserveConcurrency: v.optional(v.boolean(switchFix), true),
    logLevel: v.optional(v.picklist(LOG_LEVELS, logLevelFix), 'INFO'),
    logRetentionDays: v.optional(v.pipe(v.number(retentionFix), v.values(RETENTIONS, retentionFix)), 30),
  },
  options('function'),
);

const servicesFix = `give a list of ${ENDPOINT_SERVICES.join(', ')}, or leave "endpoints" out`;
const NetworkSchema = object(
  {
    admitEventSource: v.optional(v.boolean(switchFix), false),
    endpoints: v.optional(
      object(
        {
          services: list(v.picklist(ENDPOINT_SERVICES, servicesFix), ENDPOINT_SERVICES.length, servicesFix),
          vpcCidr: text(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'give the VPC\'s IPv4 range, for example "10.0.0.0/16"'),
        },
        'give the endpoints as {"services":["lambda","sts","secretsmanager"],"vpcCidr":"10.0.0.0/16"}',
      ),
    ),
  },
  options('network'),
);

const AlarmsSchema = object(
  {
    topicArn: v.optional(
      text(/^arn:[\w-]+:sns:[a-z0-9-]+:\d{12}:[\w-]+$/, 'give the ARN of a standard SNS topic (arn:aws:sns:…)'),
    ),
    newestRecordAgeSeconds: v.optional(integer(60, 604_800, 'give a whole number of seconds from 60 to 604800'), 600),
  },
  options('alarms'),
);

const replayFix = 'give a whole number from 0 to 9999, higher than the last one to read the whole topic again';
const MigrationSchema = object(
  {
    // The function's own parser checks these four.
    name: v.optional(v.unknown()),
    flows: v.optional(v.unknown()),
    replicatorOffsetsTopic: v.optional(v.unknown()),
    replicationFactor: v.optional(v.unknown()),
    cluster: ClusterSchema,
    authentication: AuthenticationSchema,
    enabled: v.optional(v.boolean('give true, or false to switch the sync off'), true),
    replay: v.optional(integer(0, 9999, replayFix), 0),
    eventSource: v.optional(EventSourceSchema, {}),
    function: v.optional(FunctionSchema, {}),
    network: v.optional(NetworkSchema, {}),
    alarms: v.optional(AlarmsSchema, {}),
  },
  'give the configuration as an object with at least "cluster" and "authentication"',
);

type Infrastructure = Omit<
  v.InferOutput<typeof MigrationSchema>,
  'name' | 'flows' | 'replicatorOffsetsTopic' | 'replicationFactor'
>;

/** The `migration` block, checked and complete. */
export interface Migration extends Readonly<Infrastructure> {
  /** What the function will make of its part of the block. */
  readonly configuration: Configuration;
  /** The function's part of the block as it was written, to hand on. */
  readonly functionOptions: Omit<ConfigurationOptions, 'authentication'>;
}

const splitArn = (arn: string) => Arn.split(arn, ArnFormat.NO_RESOURCE_NAME);

/** The account and region of an ARN that is known before the deployment. */
export const environmentOf = (arn: string): { readonly account?: string; readonly region?: string } => {
  if (Token.isUnresolved(arn)) {
    return {};
  }
  const { account, region } = splitArn(arn);
  return { ...(account && { account }), ...(region && { region }) };
};

/** The name of the SCRAM secret to create. */
export const newSecretName = ({ authentication, configuration }: Migration): string =>
  (authentication.type === 'scram' && authentication.secretName) || `AmazonMSK_${configuration.name}`;

/** The secret's ARN, or a stand-in of the right form and length for the one that the secret to create will have. */
const secretArnToBe = (migration: Migration): string => {
  if ('secretArn' in migration.authentication && migration.authentication.secretArn) {
    return migration.authentication.secretArn;
  }
  const { account = '000000000000', region = 'us-east-1' } = environmentOf(migration.cluster.arn);
  return `arn:aws:secretsmanager:${region}:${account}:secret:${newSecretName(migration)}-XXXXXX`;
};

const brokerFaults = ({ cluster, authentication }: Migration): readonly string[] => {
  const port = brokerPort(authentication);
  return cluster.brokers.flatMap((broker, index) =>
    Token.isUnresolved(broker) || broker.endsWith(`:${port}`)
      ? []
      : `cluster.brokers[${index}] is "${broker}"; with authentication "${authentication.type}" the port is ${port}, ` +
        'give the brokers of `aws kafka get-bootstrap-brokers` for it',
  );
};

const elsewhere = (arn: string, clusterArn: string): boolean => {
  const [there, here] = [environmentOf(arn), environmentOf(clusterArn)];
  return [there.account, here.account, there.region, here.region].every(Boolean)
    ? there.account !== here.account || there.region !== here.region
    : false;
};

const secretFaults = ({ authentication, cluster }: Migration): readonly string[] => {
  if (authentication.type !== 'scram' && authentication.type !== 'mtls') {
    return [];
  }
  const { secretArn, keyArn } = authentication;
  const faults: string[] = [];
  if (secretArn && elsewhere(secretArn, cluster.arn)) {
    faults.push(
      `authentication.secretArn is "${secretArn}"; Lambda and MSK want the secret in the cluster's account and region`,
    );
  }
  if (authentication.type === 'mtls') {
    return faults;
  }
  const { secretName, username } = authentication;
  if (secretArn && !Token.isUnresolved(secretArn) && !secretArn.includes(':secret:AmazonMSK_')) {
    faults.push(`authentication.secretArn is "${secretArn}"; give a secret whose name starts with "AmazonMSK_"`);
  }
  if (secretArn && keyArn === undefined) {
    faults.push(
      'authentication.keyArn is missing; MSK refuses a SCRAM secret with the default key aws/secretsmanager, ' +
        'give the ARN of the customer-managed key that encrypts the secret',
    );
  }
  if (secretArn === undefined && keyArn !== undefined) {
    faults.push(`authentication.keyArn is "${keyArn}"; remove it: the secret to create gets a key of its own`);
  }
  for (const [field, value] of Object.entries({ secretName, username })) {
    if (secretArn && value !== undefined) {
      faults.push(`authentication.${field} is "${value}"; remove it: the secret of authentication.secretArn is used`);
    }
  }
  return faults;
};

const pollerFaults = ({ eventSource: { pollers } }: Migration): readonly string[] =>
  pollers && pollers.minimum > pollers.maximum
    ? [`eventSource.pollers.minimum is ${pollers.minimum}; give at most the maximum, ${pollers.maximum}`]
    : [];

const environmentFaults = (migration: Migration): readonly string[] => {
  const size = environmentSize(functionEnvironment(migration, secretArnToBe(migration)));
  return size > ENVIRONMENT_LIMIT
    ? [
        `flows is too long: the function's environment has ${size} bytes and Lambda allows ${ENVIRONMENT_LIMIT}; ` +
          'give some of the flows to a second deployment with another "name"',
      ]
    : [];
};

const attempt = <Result>(faults: string[], parse: () => Result): Result | undefined => {
  try {
    return parse();
  } catch (error) {
    if (!(error instanceof ConfigurationError)) {
      throw error;
    }
    faults.push(error.message);
    return undefined;
  }
};

const functionOptionsOf = (block: unknown): Migration['functionOptions'] => {
  const { name, flows, replicatorOffsetsTopic, replicationFactor } = Object(block) as Migration['functionOptions'];
  return { name, flows, replicatorOffsetsTopic, replicationFactor };
};

/**
 * Checks a `migration` block and fills in what was left out. What AWS would only refuse at deployment is refused here.
 *
 * @param root What the block is to the reader of an error.
 * @throws ConfigurationError that names every field at fault by its path, its value and the fix
 */
export const parseMigration = (root: string, block: unknown): Migration => {
  const faults: string[] = [];
  const infrastructure = attempt(faults, () => validate(root, MigrationSchema, block));
  const functionOptions = functionOptionsOf(block);
  const configuration = attempt(faults, () => parseConfiguration(root, functionOptions));
  if (infrastructure === undefined || configuration === undefined) {
    throw new ConfigurationError(faults.join('\n'));
  }

  const migration: Migration = {
    ...infrastructure,
    configuration,
    functionOptions: { ...functionOptions, brokers: infrastructure.cluster.brokers },
  };
  const further = [brokerFaults, secretFaults, pollerFaults, environmentFaults].flatMap((check) => check(migration));
  if (further.length > 0) {
    throw new ConfigurationError(further.map((fault) => `${root}: ${fault}`).join('\n'));
  }
  return migration;
};
