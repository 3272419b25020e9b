import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { cfnResourceOf, removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

/** What page cursors are sealed with. Nobody has to know it: it is born random and never shown. */
export class CursorSecret extends Construct {
  private readonly secret: Secret;

  constructor(scope: Construct, id: string, { settings, encryptionKey }: Platform) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'Seals page cursors of the HTTP API',
      generateSecretString: { passwordLength: 64, excludePunctuation: true },
      removalPolicy: removalPolicyOf(settings),
    });
    acknowledge(
      this.secret,
      'AwsSolutions-SMG4',
      'A new one would only end open listings; it is replaced by hand if it ever leaks.',
    );
    if (encryptionKey) cfnResourceOf(this.secret, CfnSecret).kmsKeyId = encryptionKey.keyArn;
  }

  get arn(): string {
    return this.secret.secretArn;
  }

  grantRead(reader: ShopFunction): void {
    reader.allow(['secretsmanager:GetSecretValue'], this.secret.secretArn);
  }
}
