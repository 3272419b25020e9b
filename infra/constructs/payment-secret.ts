import { CfnSecret, Secret } from 'aws-cdk-lib/aws-secretsmanager';
import { Construct } from 'constructs';
import { acknowledge } from './acknowledge.ts';
import { cfnResourceOf, pinLogicalId, removalPolicyOf, type Platform } from './platform.ts';
import type { ShopFunction } from './shop-function.ts';

/**
 * What the payment provider knows us by: JSON `{apiKey, webhookSecrets}`. It is born with a random key, which no
 * provider accepts, and no webhook secret; the operator puts the real ones. Two webhook secrets are valid side by
 * side while they are being rotated.
 */
export class PaymentSecret extends Construct {
  private readonly secret: Secret;

  constructor(scope: Construct, id: string, { settings, encryptionKey }: Platform) {
    super(scope, id);
    this.secret = new Secret(this, 'Secret', {
      description: 'Payment provider: {"apiKey": "...", "webhookSecrets": ["whsec_...", ...]}',
      generateSecretString: {
        secretStringTemplate: JSON.stringify({ webhookSecrets: [] }),
        generateStringKey: 'apiKey',
        excludePunctuation: true,
      },
      removalPolicy: removalPolicyOf(settings),
    });
    pinLogicalId(this.secret, 'PaymentSecret');
    acknowledge(
      this.secret,
      'AwsSolutions-SMG4',
      'The provider issues the keys: a person rotates them there and here.',
    );
    if (encryptionKey) cfnResourceOf(this.secret, CfnSecret).kmsKeyId = encryptionKey.keyArn;
  }

  get arn(): string {
    return this.secret.secretArn;
  }

  grantRead(worker: ShopFunction): void {
    worker.allow(['secretsmanager:GetSecretValue'], this.secret.secretArn);
  }
}
