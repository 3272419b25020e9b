import { Stack } from 'aws-cdk-lib';
import { AnyPrincipal, PolicyStatement, type PolicyStatementProps, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
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

/** What a service needs to put something in encrypted and to take it out again. */
const READ_AND_WRITE = ['kms:Decrypt', 'kms:GenerateDataKey'];

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

  /**
   * EventBridge looks at the key, encrypts bus and archive under the bus's ARN (EventBridge user guide, "Encrypting
   * archives"), and delivers into encrypted queues. Only the last carries the account it acts for.
   */
  private allowEventBridge(): void {
    const anyBus = Stack.of(this).formatArn({ service: 'events', resource: 'event-bus', resourceName: '*' });
    const principal = new ServicePrincipal('events.amazonaws.com');
    this.allowService(principal, 'EventBridgeLooks', ['kms:DescribeKey']);
    this.allowService(principal, 'EventBridgeStores', [...READ_AND_WRITE, 'kms:ReEncryptFrom', 'kms:ReEncryptTo'], {
      ArnLike: { 'kms:EncryptionContext:aws:events:event-bus:arn': anyBus },
    });
    this.allowService(principal, 'EventBridgeDelivers', READ_AND_WRITE, this.ofThisAccount());
  }

  /** CloudWatch alarms publish to the encrypted topic. */
  private allowAlarms(): void {
    const principal = new ServicePrincipal('cloudwatch.amazonaws.com');
    this.allowService(principal, 'Alarms', READ_AND_WRITE, this.ofThisAccount());
  }

  private ofThisAccount(): PolicyStatementProps['conditions'] {
    return { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } };
  }

  private allowService(
    principal: ServicePrincipal,
    sid: string,
    actions: string[],
    conditions?: PolicyStatementProps['conditions'],
  ): void {
    this.key.addToResourcePolicy(
      new PolicyStatement({
        sid,
        principals: [principal],
        actions,
        resources: ['*'],
        ...(conditions && { conditions }),
      }),
    );
  }
}
