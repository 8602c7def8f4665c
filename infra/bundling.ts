import { type BundlingOptions, OutputFormat } from 'aws-cdk-lib/aws-lambda-nodejs';

/** The name of the bundled file in the function's asset. */
export const BUNDLE_FILE = 'index.mjs';

/** The functions that a deployment consists of, by their entry files. */
export const ENTRIES = { sync: 'functions/sync/index.ts' } as const;

const METHODS = {
  none: './functions/authentication/none.ts',
  scram: './functions/authentication/scram.ts',
  mtls: './functions/authentication/mtls.ts',
  iam: './functions/authentication/iam.ts',
} as const;

/** The kinds of authentication: a deployment carries, and loads, only the one that it uses. */
export type AuthenticationType = keyof typeof METHODS;
export const AUTHENTICATION_TYPES = Object.keys(METHODS) as readonly AuthenticationType[];

/** What stands for `#authentication` in a bundle, as esbuild's `alias`. */
export const aliasFor = (type: AuthenticationType): Readonly<Record<string, string>> => ({
  '#authentication': METHODS[type],
});

/**
 * How the function becomes one file that needs nothing beside it.
 * `local/lambda/bundle.ts` builds from the same options, so that what runs locally is what is deployed.
 */
export const BUNDLING = {
  format: OutputFormat.ESM,
  target: 'node24',
  minify: true,
  // ES modules first: they are tree-shaken, and halve both size and load time.
  mainFields: ['module', 'main'],
  // kafkajs is CommonJS, and its `require("events")` needs a `require` in an ES module.
  banner: "import{createRequire}from'module';const require=createRequire(import.meta.url);",
  // Nothing is left to the runtime's own AWS SDK: what was tested is what runs.
  externalModules: [],
} as const satisfies BundlingOptions;

/**
 * Environment variables that the function has whatever its configuration. kafkajs starts timers in the past, which
 * Node tells in the log at every cold start (tulios/kafkajs#1751); other warnings stay.
 */
export const FUNCTION_ENVIRONMENT = { NODE_OPTIONS: '--disable-warning=TimeoutNegativeWarning' } as const;
