import { App, Validations } from 'aws-cdk-lib';
import { AwsSolutionsChecks } from 'cdk-nag';
import { ConfigurationError } from '../functions/errors.ts';
import { OffsetSyncStack } from './offset-sync-stack.ts';
import { type OffsetSyncProps, parseMigration } from './options/migration.ts';
import { stackIdOf } from './stack-id.ts';

const app = new App();
Validations.of(app).addPlugins(new AwsSolutionsChecks(app));

try {
  const block: unknown = app.node.tryGetContext('migration');
  const { name } = parseMigration('migration', block);
  new OffsetSyncStack(app, stackIdOf(name), block as OffsetSyncProps);
} catch (error) {
  if (!(error instanceof ConfigurationError)) {
    throw error;
  }
  console.error(error.message);
  process.exitCode = 1;
}
