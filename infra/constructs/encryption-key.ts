import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { Key } from 'aws-cdk-lib/aws-kms';
import { Construct } from 'constructs';
import { type EnvironmentSettings } from '../config.ts';
import { pinLogicalId, removalPolicyOf } from './platform.ts';

const USE = [
  'kms:Decrypt',
  'kms:DescribeKey',
  'kms:Encrypt',
  'kms:GenerateDataKey',
  'kms:ReEncryptFrom',
  'kms:ReEncryptTo',
];

/**
 * The key of the environment. Like AWS's own service keys it may be used by whoever may use the encrypted resource,
 * and only through that resource's service: the roles of functions need no statement about keys.
 */
export class EncryptionKey extends Construct {
  readonly key: Key;

  constructor(scope: Construct, id: string, settings: EnvironmentSettings) {
    super(scope, id);
    this.key = new Key(this, 'Key', { enableKeyRotation: true, removalPolicy: removalPolicyOf(settings) });
    pinLogicalId(this.key, 'EncryptionKey');
    this.allowThroughServices();
    this.allowEventBridge();
    this.allowAlarms();
  }

  private allowThroughServices(): void {
    const { account, region, urlSuffix } = Stack.of(this);
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid: 'AccountThroughServices',
        principals: [new AnyPrincipal()],
        actions: [...USE, 'kms:CreateGrant'],
        resources: ['*'],
        conditions: {
          StringEquals: {
            'kms:CallerAccount': account,
            'kms:ViaService': ['dynamodb', 'sqs', 'secretsmanager', 'sns'].map(
              (service) => `${service}.${region}.${urlSuffix}`,
            ),
          },
        },
      }),
    );
  }

  /** EventBridge encrypts bus and archive, and delivers into encrypted queues. */
  private allowEventBridge(): void {
    this.allowService('events.amazonaws.com', 'EventBridge');
  }

  /** CloudWatch alarms publish to the encrypted topic. */
  private allowAlarms(): void {
    this.allowService('cloudwatch.amazonaws.com', 'Alarms');
  }

  private allowService(service: string, sid: string): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [new ServicePrincipal(service)],
        actions: USE,
        resources: ['*'],
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    );
  }
}
