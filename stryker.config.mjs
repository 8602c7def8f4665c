import jest from './jest.config.js';

/**
 * Mutation testing of the pure logic: each change of its code must turn a test of its own folder red. Tests with random
 * inputs stay out: they are slow, and what only they find, a test should say in plain words.
 */
export default {
  mutate: ['functions/offsets/**/*.ts'],
  testRunner: 'jest',
  testRunnerNodeArgs: ['--experimental-vm-modules', '--disable-warning=ExperimentalWarning'],
  jest: {
    config: {
      ...jest,
      testMatch: ['<rootDir>/test/functions/offsets/**/*.test.ts'],
      testPathIgnorePatterns: ['/any-[^/]*$', '\\.fuzz\\.test\\.ts$'],
      reporters: [],
    },
  },
  coverageAnalysis: 'perTest',
  // tsconfig.json: Stryker would rewrite it with TypeScript's JavaScript interface, which TypeScript 7 does not have.
  ignorePatterns: ['cdk.out', '.cache', 'tsconfig.json'],
  tempDirName: '.cache/stryker',
  reporters: ['clear-text', 'progress', 'html', 'json'],
  clearTextReporter: { reportTests: false },
  htmlReporter: { fileName: '.cache/mutation.html' },
  jsonReporter: { fileName: '.cache/mutation.json' },
  concurrency: 2,
};
