import { RemovalPolicy, Validations } from 'aws-cdk-lib';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import type { Migration } from './options/migration.ts';
import { ScramAssociation } from './scram-association.ts';
import { newSecretName } from './secret-name.ts';

/**
 * The credentials of the function and the event source: for SCRAM a new secret with its key, associated with the
 * cluster, unless there is one already; for mTLS an existing secret; otherwise nothing.
 *
 * The new secret and its key go with the stack. Nobody else has the password, MSK lets go of the secret first, and a
 * secret left behind would block its name, and its key cost money. KMS waits 30 days before it deletes the key.
 */
export class Credentials extends Construct {
  /** The secret's complete ARN, where the authentication needs one. */
  readonly secretArn: string | undefined;
  /** The secret's customer-managed key, where it has one. */
  readonly keyArn: string | undefined;

  constructor(scope: Construct, id: string, migration: Migration) {
    super(scope, id);
    const { authentication } = migration;
    if (authentication.type === 'none' || authentication.type === 'iam') {
      return;
    }
    if (authentication.type === 'mtls' || authentication.secretArn !== undefined) {
      this.secretArn = authentication.secretArn;
      this.keyArn = authentication.keyArn;
      return;
    }

    const key = new Key(this, 'Key', {
      description: `Encrypts the SCRAM credentials of ${migration.name}`,
      enableKeyRotation: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const secret = new Secret(this, 'Secret', {
      secretName: newSecretName(migration),
      description: `SCRAM credentials of ${migration.name}, for its function and event source`,
      // MSK refuses a secret with the default key (Amazon MSK Developer Guide, "Sign-in credentials authentication").
      encryptionKey: key,
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ username: authentication.username ?? migration.name }),
        generateStringKey: 'password',
        // 62 characters to choose from, 40 times: 238 bits, and nothing that JSON or a shell would have to escape.
        passwordLength: 40,
        excludePunctuation: true,
      },
      removalPolicy: RemovalPolicy.DESTROY,
    });
    new ScramAssociation(this, 'Association', { clusterArn: migration.cluster.arn, secret, key });
    Validations.of(secret).acknowledge({
      id: 'AwsSolutions-SMG4',
      reason:
        'Secrets Manager has no rotation for MSK users. A new password is one put-secret-value: MSK takes it over by ' +
        'itself, and the function reads the secret again when the brokers refuse it.',
    });
    this.secretArn = secret.secretArn;
    this.keyArn = key.keyArn;
  }
}
