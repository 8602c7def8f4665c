import type { BuildOptions } from 'esbuild';
import type { SourceKind } from '../functions/configuration/source-options.ts';

/** The name of the bundled file in a function's asset. */
export const BUNDLE_FILE = 'index.mjs';

const METHODS = {
  none: './functions/authentication/none.ts',
  scram: './functions/authentication/scram.ts',
  mtls: './functions/authentication/mtls.ts',
  iam: './functions/authentication/iam.ts',
} as const;

/** The kinds of authentication: a deployment carries, and loads, only the one that it uses. */
export type AuthenticationType = keyof typeof METHODS;
export const AUTHENTICATION_TYPES = Object.keys(METHODS) as readonly AuthenticationType[];

/** What it takes to authenticate to the source cluster: a bundle carries one of them, too. */
const SOURCE_METHODS: Readonly<Record<SourceKind, string>> = {
  none: './functions/authentication/source/none.ts',
  secret: './functions/authentication/source/secret.ts',
  iam: './functions/authentication/source/iam.ts',
};
export const SOURCE_KINDS = Object.keys(SOURCE_METHODS) as readonly SourceKind[];

/** One file that Lambda runs: a function, and the authentication that it carries where it talks to the brokers. */
export type Bundle =
  | { readonly kind: 'sync'; readonly authentication: AuthenticationType }
  | { readonly kind: 'verify'; readonly authentication: AuthenticationType; readonly source: SourceKind }
  | { readonly kind: 'scram-association' };

const ENTRIES: Readonly<Record<Bundle['kind'], string>> = {
  sync: 'functions/sync/index.ts',
  verify: 'functions/verify/index.ts',
  'scram-association': 'functions/scram-association/index.ts',
};

const LAMBDA_CREDENTIALS = './functions/authentication/lambda-credentials.ts';

/**
 * Packages that ask for credentials where Lambda has none, with the clients of other services for it: nearly a third of a
 * bundle. (The signer names STS only to debug, which is not switched on.)
 */
const INSTEAD_OF_PACKAGES = {
  '@aws-sdk/credential-provider-node': LAMBDA_CREDENTIALS,
  '@aws-sdk/credential-providers': LAMBDA_CREDENTIALS,
  '@aws-sdk/client-sts': LAMBDA_CREDENTIALS,
} as const;

/** Every bundle that some deployment needs. */
export const BUNDLES: readonly Bundle[] = [
  ...AUTHENTICATION_TYPES.map((authentication) => ({ kind: 'sync', authentication }) as const),
  ...AUTHENTICATION_TYPES.flatMap((authentication) =>
    SOURCE_KINDS.map((source) => ({ kind: 'verify', authentication, source }) as const),
  ),
  { kind: 'scram-association' },
];

/** A bundle's name, which is also its folder's: `sync-scram`, `verify-scram-from-iam`. */
export const bundleName = (bundle: Bundle): string => {
  switch (bundle.kind) {
    case 'sync':
      return `sync-${bundle.authentication}`;
    case 'verify':
      return `verify-${bundle.authentication}-from-${bundle.source}`;
    case 'scram-association':
      return bundle.kind;
  }
};

const aliasesOf = (bundle: Bundle): Record<string, string> => ({
  ...('authentication' in bundle && { '#authentication': METHODS[bundle.authentication] }),
  ...('source' in bundle && { '#source-authentication': SOURCE_METHODS[bundle.source] }),
});

/**
 * How a function becomes one file that needs nothing beside it, as esbuild's options. Everything that is deployed or
 * invoked by a test is built from these, so that what was tested is what runs.
 *
 * @param root The repository's folder.
 */
export const bundleOptions = (root: string, bundle: Bundle): BuildOptions => ({
  absWorkingDir: root,
  entryPoints: [ENTRIES[bundle.kind]],
  alias: { ...INSTEAD_OF_PACKAGES, ...aliasesOf(bundle) },
  // Nothing is left to the runtime's own AWS SDK.
  bundle: true,
  platform: 'node',
  format: 'esm',
  target: 'node24',
  minify: true,
  // ES modules first: they are tree-shaken, and halve both size and load time.
  mainFields: ['module', 'main'],
  // kafkajs is CommonJS, and its `require("events")` needs a `require` in an ES module.
  banner: { js: "import{createRequire}from'module';const require=createRequire(import.meta.url);" },
  logLevel: 'error',
});

/**
 * Environment variables that the function has whatever its configuration. kafkajs starts timers in the past, which
 * Node tells in the log at every cold start (tulios/kafkajs#1751); other warnings stay.
 */
export const FUNCTION_ENVIRONMENT = { NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning' } as const;
