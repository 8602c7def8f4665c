import { fromEnv } from '@aws-sdk/credential-provider-env';

/**
 * Where the AWS SDK finds credentials on Lambda: in the environment, and nowhere else
 * (https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html#configuration-envvars-runtime). In the bundles
 * this stands in the place of the SDK's packages that know of every other place (`infra/bundling.ts`).
 */

/** What the SDK's clients ask for, of `@aws-sdk/credential-provider-node`. */
export const defaultProvider = fromEnv;

/** What the IAM signer asks for, of `@aws-sdk/credential-providers`. */
export const fromNodeProviderChain = fromEnv;
