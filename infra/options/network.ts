import * as v from 'valibot';
import type { AsWritten } from '../../functions/configuration/as-written.ts';
import { object } from '../../functions/configuration/validate.ts';
import { list, optionsFix, SWITCH_FIX, text } from './forms.ts';

const ENDPOINT_SERVICES = ['lambda', 'sts', 'secretsmanager'] as const;
const servicesFix = `give a list of ${ENDPOINT_SERVICES.join(', ')}, or leave "endpoints" out`;

const endpoints = object(
  {
    /** The services that get an endpoint: `lambda`, `sts`, `secretsmanager`. */
    services: list(v.picklist(ENDPOINT_SERVICES, servicesFix), ENDPOINT_SERVICES.length, servicesFix),
    /** The VPC's IPv4 range. By private DNS the endpoints serve everybody in the VPC, so they admit all of it. */
    vpcCidr: text(/^(\d{1,3}\.){3}\d{1,3}\/\d{1,2}$/, 'give the VPC\'s IPv4 range, for example "10.0.0.0/16"'),
  },
  'give the endpoints as {"services":["lambda","sts","secretsmanager"],"vpcCidr":"10.0.0.0/16"}',
);

const schema = object(
  {
    /**
     * Adds a rule to the cluster's security group that admits itself on the event source's port: Lambda's pollers run in
     * that group. Leave it off where such a rule exists, because EC2 refuses a second one.
     * @default false
     */
    admitEventSource: v.optional(v.boolean(SWITCH_FIX), false),
    /**
     * Interface endpoints for a VPC without NAT. On-demand pollers need `lambda` and `sts`, and `secretsmanager` where
     * there is a secret; so does the function. Provisioned pollers need none. Leave out what the VPC has already,
     * because it can have only one of each with private DNS.
     * @default - none, the VPC has a NAT gateway or endpoints of its own
     */
    endpoints: v.optional(endpoints),
    /**
     * Where the source cluster's brokers are, for the verify function: their security group in this VPC or a peered one,
     * which then gets a rule that admits the function, or their IPv4 range.
     * @default - anywhere: the function may reach every address on the ports of the source's brokers
     */
    source: v.optional(
      text(
        /^(sg-[0-9a-f]+|(\d{1,3}\.){3}\d{1,3}\/\d{1,2})$/,
        'give the security group of the source\'s brokers (sg-…) or their IPv4 range, for example "10.1.0.0/16"',
      ),
    ),
  },
  optionsFix('network'),
);

/** What the stack adds to the cluster's network. */
export interface NetworkOptions extends AsWritten<typeof schema> {}

/** The network's options, checked and complete. */
export interface NetworkChoice extends Readonly<v.InferOutput<typeof schema>> {}

export const NetworkSchema: v.GenericSchema<NetworkOptions, NetworkChoice> = schema;
