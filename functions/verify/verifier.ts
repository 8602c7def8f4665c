import type { AuthenticationMethod, Authenticator } from '../authentication/authenticator.ts';
import type { SourceMethod } from '../authentication/source/source-method.ts';
import { type Authentication, type Configuration, readConfiguration } from '../configuration/configuration.ts';
import type { SourceOptions } from '../configuration/source-options.ts';
import { readVerifyConfiguration, type VerifyConfiguration } from '../configuration/verify-configuration.ts';
import { ConfigurationError } from '../errors.ts';
import type { Report } from '../readiness/report.ts';
import { areCredentialsRefused } from './at-cluster.ts';
import type { Connection } from './connection.ts';
import { readReadiness } from './reading.ts';
import { type Connecting, type OpenClusters, withClusters } from './with-clusters.ts';

/** How to look. */
export interface Looking {
  /** How many source records before the boundary are compared; none with 0. */
  readonly records: number | 'all';
  /** Milliseconds for everything. */
  readonly limitMs: number;
}

/** Looks at the clusters of the configuration that the environment holds. */
export interface Verifier {
  readonly configuration: Configuration & VerifyConfiguration;
  /** What the brokers refuse when they refuse the target's credentials; never a content. */
  readonly credentials: string;
  /** @throws ConfigurationError, CredentialsError, ClusterError, TimeLimitError; nothing stays open */
  look(looking: Looking): Promise<Report>;
  /** Looks, and does something else on the same connections. @throws as `look` does */
  lookAnd<T>(looking: Looking, work: (report: Report, open: OpenClusters) => Promise<T>): Promise<T>;
}

const ADVICE = "compare fewer records, or look at the brokers' health and at what lies between them and the function";

const refusedBundle = (what: string, configured: string, bundled: string) =>
  new ConfigurationError(
    `${what} is "${configured}", but this bundle contains "${bundled}" only; deploy the bundle that was built for the ` +
      'configured one',
  );

const targetOf = <Type extends Authentication['type']>(
  { authentication, brokers }: Configuration,
  method: AuthenticationMethod<Extract<Authentication, { type: Type }>>,
): { readonly brokers: readonly string[]; readonly authenticator: Authenticator } => {
  const isOurs = (one: Authentication): one is Extract<Authentication, { type: Type }> => one.type === method.type;
  if (!isOurs(authentication)) {
    throw refusedBundle('OFFSET_SYNC: authentication.type', authentication.type, method.type);
  }
  if (brokers === undefined) {
    throw new ConfigurationError(
      'OFFSET_SYNC: brokers is missing; give the target cluster\'s as a list of "host:port"',
    );
  }
  return { brokers, authenticator: method.authenticate(authentication) };
};

const sourceOf = (source: SourceOptions, method: SourceMethod): Authenticator => {
  const authenticator = method.authenticate(source);
  if (authenticator === undefined) {
    throw refusedBundle('OFFSET_VERIFY: source.authentication.type', source.authentication.type, method.kind);
  }
  return authenticator;
};

const connecting =
  (name: Connection['name'], brokers: readonly string[], { security, credentials }: Authenticator) =>
  (fresh: boolean) =>
  async (): Promise<Connection> => ({ name, brokers, security: await security(fresh), credentials });

/**
 * Reads the configuration from the environment, at cold start.
 *
 * @param method The one kind of authentication to the target in this bundle.
 * @param sourceMethod The one to the source.
 * @throws ConfigurationError
 */
export const createVerifier = <Type extends Authentication['type']>(
  method: AuthenticationMethod<Extract<Authentication, { type: Type }>>,
  sourceMethod: SourceMethod,
  environment: Readonly<Record<string, string | undefined>>,
): Verifier => {
  const configuration = { ...readConfiguration(environment), ...readVerifyConfiguration(environment) };
  const { flows, replicatorOffsetsTopic, group, source } = configuration;
  const { brokers, authenticator } = targetOf(configuration, method);
  const toTarget = connecting('target', brokers, authenticator);
  const toSource = source && connecting('source', source.brokers, sourceOf(source, sourceMethod));

  const lookAnd: Verifier['lookAnd'] = async ({ records, limitMs }, work) => {
    const end = performance.now() + limitMs;
    const attempt = (fresh: boolean) => {
      const clusters: Connecting = { target: toTarget(fresh), source: toSource?.(fresh) };
      return withClusters(clusters, { limitMs: Math.max(1, end - performance.now()), advice: ADVICE }, async (open) => {
        const report = await readReadiness({ ...open, flows, replicatorOffsetsTopic, group, records });
        return await work(report, open);
      });
    };
    try {
      return await attempt(false);
    } catch (error) {
      if (!areCredentialsRefused(error)) {
        throw error;
      }
      // What an earlier invocation has read may have been rotated since.
      return await attempt(true);
    }
  };
  return {
    configuration,
    credentials: authenticator.credentials,
    look: (looking) => lookAnd(looking, async (report) => report),
    lookAnd,
  };
};
