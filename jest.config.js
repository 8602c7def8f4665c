/** Without arguments the whole suite runs, and only then can its coverage be judged. */
const isWholeSuite = process.argv.length === 2;

/** @type {import('jest').Config} */
export default {
  testEnvironment: 'node',
  testTimeout: 30_000,
  // The suite mostly waits for brokers, so that two cores serve more than two files at once.
  maxWorkers: 3,
  testSequencer: '<rootDir>/test/longest-first.js',
  extensionsToTreatAsEsm: ['.ts'],
  transform: { '\\.ts$': ['@swc/jest', { jsc: { target: 'es2024', parser: { syntax: 'typescript' } } }] },
  testMatch: ['<rootDir>/test/**/*.test.ts'],
  modulePathIgnorePatterns: ['<rootDir>/cdk.out', '<rootDir>/.cache', '<rootDir>/dist'],
  reporters: ['default', '<rootDir>/test/count-reporter.js'],
  collectCoverage: isWholeSuite,
  ...(isWholeSuite && { coverageThreshold: { global: { statements: 95, lines: 95, functions: 95, branches: 93 } } }),
  // The two hold types alone: there is nothing in them to run.
  collectCoverageFrom: ['functions/**/*.ts', '!**/flow.ts', '!**/authenticator.ts'],
  coverageProvider: 'v8',
  coverageReporters: ['text'],
};
