import { createHash } from 'node:crypto';
import { Lazy, RemovalPolicy, Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import {
  CfnStateMachine,
  CfnStateMachineAlias,
  CfnStateMachineVersion,
  type StateMachine,
} from 'aws-cdk-lib/aws-stepfunctions';
import { Construct } from 'constructs';
import type { GradualShift } from '../config.ts';
import { cfnResourceOf } from './platform.ts';
import { LIVE } from './shop-function.ts';

/**
 * A workflow's definition of this deployment as a version of its own, and the alias that executions are started by. The
 * version stays when the next one comes, also after a deployment that was rolled back: executions may have begun on it.
 */
export class PublishedMachine extends Construct {
  private readonly version: CfnStateMachineVersion;
  private readonly alias: CfnStateMachineAlias;

  /** @param name what the logical ids begin with. */
  constructor(scope: Construct, id: string, machine: StateMachine, name: string) {
    super(scope, id);
    this.version = new CfnStateMachineVersion(this, 'Version', {
      stateMachineArn: machine.stateMachineArn,
      stateMachineRevisionId: machine.stateMachineRevisionId,
    });
    this.version.applyRemovalPolicy(RemovalPolicy.RETAIN);
    // A resource of its own for each definition: CloudFormation keeps what it retains, but is not known to keep what
    // replaced another resource when the deployment is rolled back.
    this.version.overrideLogicalId(Lazy.uncachedString({ produce: () => `${name}Version${contentHashOf(machine)}` }));
    this.alias = new CfnStateMachineAlias(this, 'Live', {
      name: LIVE,
      routingConfiguration: [{ stateMachineVersionArn: this.version.ref, weight: 100 }],
    });
    this.alias.overrideLogicalId(`${name}Live`);
  }

  /** What executions are started by. */
  get liveArn(): string {
    return this.alias.ref;
  }

  /** Gives the new version a share of the executions first, and the old one all of them when one of `alarms` rings. */
  shiftGradually({ percentage, minutes }: GradualShift, alarms: readonly IAlarm[]): void {
    this.alias.routingConfiguration = undefined;
    this.alias.deploymentPreference = {
      stateMachineVersionArn: this.version.ref,
      type: 'CANARY',
      percentage,
      interval: minutes,
      alarms: alarms.map(({ alarmName }) => alarmName),
    };
  }
}

/** Of everything that makes a revision of a machine. */
function contentHashOf(machine: StateMachine): string {
  const of = cfnResourceOf(machine, CfnStateMachine);
  const definition = [of.definitionS3Location, of.definitionString, of.definitionSubstitutions];
  const settings = [of.roleArn, of.loggingConfiguration, of.tracingConfiguration];
  const content: unknown = Stack.of(machine).resolve([...definition, ...settings]);
  return createHash('sha256').update(JSON.stringify(content)).digest('hex').slice(0, 32);
}
