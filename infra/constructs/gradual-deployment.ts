import { Stack } from 'aws-cdk-lib';
import type { IAlarm } from 'aws-cdk-lib/aws-cloudwatch';
import { CfnApplication, CfnDeploymentGroup } from 'aws-cdk-lib/aws-codedeploy';
import { PolicyStatement, type Role, ServicePrincipal } from 'aws-cdk-lib/aws-iam';
import { type Alias, CfnAlias } from 'aws-cdk-lib/aws-lambda';
import { Construct } from 'constructs';
import type { GradualShift } from '../config.ts';
import { acknowledge } from './acknowledge.ts';
import { LeanRole } from './lean-role.ts';
import type { OrderMachine } from './order-machine.ts';
import { cfnResourceOf } from './platform.ts';
import { LIVE, type ShopFunction } from './shop-function.ts';

export interface GradualDeploymentProps {
  readonly shift: GradualShift;
  readonly machines: readonly OrderMachine[];
  /** Those that something but a workflow calls. */
  readonly functions: readonly ShopFunction[];
  /** One that rings takes the deployment back; at most ten, by CodeDeploy's quota. */
  readonly alarms: readonly IAlarm[];
}

/**
 * New versions get a share of the work first, and all of it when no alarm has rung for a while. When one rings, every
 * alias goes back to its old version and CloudFormation takes the deployment back.
 */
export class GradualDeployment extends Construct {
  constructor(scope: Construct, id: string, { shift, machines, functions, alarms }: GradualDeploymentProps) {
    super(scope, id);
    for (const machine of machines) machine.published.shiftGradually(shift, alarms);
    const application = new CfnApplication(this, 'Application', { computePlatform: 'Lambda' });
    const role = this.roleFor(functions);
    for (const [id, alias] of functions.flatMap(aliasesById)) {
      const group = new CfnDeploymentGroup(this, id, {
        applicationName: application.ref,
        serviceRoleArn: role.roleArn,
        deploymentConfigName: `CodeDeployDefault.LambdaCanary${shift.percentage}Percent${shift.minutes}Minutes`,
        deploymentStyle: { deploymentType: 'BLUE_GREEN', deploymentOption: 'WITH_TRAFFIC_CONTROL' },
        alarmConfiguration: { enabled: true, alarms: alarms.map(({ alarmName }) => ({ name: alarmName })) },
        autoRollbackConfiguration: {
          enabled: true,
          events: ['DEPLOYMENT_FAILURE', 'DEPLOYMENT_STOP_ON_ALARM', 'DEPLOYMENT_STOP_ON_REQUEST'],
        },
      });
      group.node.addDependency(role);
      cfnResourceOf(alias, CfnAlias).cfnOptions.updatePolicy = {
        codeDeployLambdaAliasUpdate: { applicationName: application.ref, deploymentGroupName: group.ref },
      };
    }
  }

  /** What AWS's policy AWSCodeDeployRoleForLambdaLimited gives for a shift without hooks, and on our functions only. */
  private roleFor(functions: readonly ShopFunction[]): Role {
    const role = new LeanRole(this, 'Role', {
      assumedBy: new ServicePrincipal('codedeploy.amazonaws.com', {
        conditions: { StringEquals: { 'aws:SourceAccount': Stack.of(this).account } },
      }),
    });
    role.addToPolicy(
      new PolicyStatement({
        actions: ['lambda:GetAlias', 'lambda:GetProvisionedConcurrencyConfig', 'lambda:UpdateAlias'],
        // A reference to the alias would be circular: its update policy names the deployment group, which needs the role.
        resources: functions.flatMap(({ lambda: { functionArn }, aliases }) => [
          functionArn,
          ...aliases.map(({ aliasName }) => `${functionArn}:${aliasName}`),
        ]),
      }),
    );
    role.addToPolicy(new PolicyStatement({ actions: ['cloudwatch:DescribeAlarms'], resources: ['*'] }));
    acknowledge(role, 'AwsSolutions-IAM5[Resource::*]', 'AWS’s own role for CodeDeploy asks for alarms so.');
    return role;
  }
}

/** By the id of their deployment group. */
function aliasesById({ entry, aliases }: ShopFunction): [string, Alias][] {
  return aliases.map((alias) => [alias.aliasName === LIVE ? entry : `${entry}-${alias.aliasName}`, alias]);
}
