import type { AuthenticationChoice } from './options/authentication.ts';

const PLAINTEXT_PORT = 9092;
const TLS_PORT = 9094;
const SCRAM_PORT = 9096;
const IAM_PORT = 9098;

/** The brokers' port for the function (Amazon MSK Developer Guide, "Port information"). */
export const brokerPort = (authentication: AuthenticationChoice): number => {
  switch (authentication.type) {
    case 'none':
      return authentication.tls ? TLS_PORT : PLAINTEXT_PORT;
    case 'scram':
      return SCRAM_PORT;
    case 'mtls':
      return TLS_PORT;
    case 'iam':
      return IAM_PORT;
  }
};

/** What decides how Lambda's pollers reach the brokers. */
export interface Reached {
  readonly authentication: AuthenticationChoice;
  readonly cluster: { readonly iamAuthentication: boolean };
}

/**
 * Tells whether Lambda's pollers authenticate by IAM: also where the function authenticates not at all, if the cluster
 * has IAM enabled, because Lambda takes the strongest method for which it needs no secret (AWS Lambda Developer Guide,
 * "How Lambda chooses a bootstrap broker").
 */
export const eventSourceUsesIam = ({ authentication, cluster }: Reached): boolean =>
  authentication.type === 'iam' || (authentication.type === 'none' && cluster.iamAuthentication);

/** The brokers' ports that Lambda's pollers may choose. */
export const eventSourcePorts = (reached: Reached): readonly number[] => {
  if (eventSourceUsesIam(reached)) {
    return [IAM_PORT];
  }
  // Without a secret and IAM, Lambda takes TLS where the cluster offers it, whatever the function does.
  if (reached.authentication.type === 'none') {
    return [PLAINTEXT_PORT, TLS_PORT];
  }
  return [brokerPort(reached.authentication)];
};
