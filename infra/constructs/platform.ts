import { CfnElement, RemovalPolicy, type Resource } from 'aws-cdk-lib';
import type { IKey } from 'aws-cdk-lib/aws-kms';
import type { Code } from 'aws-cdk-lib/aws-lambda';
import type { EnvironmentSettings } from '../config.ts';

/** What every construct of the stack is built on. */
export interface Platform {
  readonly settings: EnvironmentSettings;
  /** The one asset that holds the bundles of all functions. */
  readonly functionCode: Code;
  /** Set when the environment encrypts with a key of ours. */
  readonly encryptionKey: IKey | undefined;
}

export function removalPolicyOf({ keepsData }: EnvironmentSettings): RemovalPolicy {
  // A first deployment that fails is rolled back whole: what it left behind would be in the way of the second.
  return keepsData ? RemovalPolicy.RETAIN_ON_UPDATE_OR_DELETE : RemovalPolicy.DESTROY;
}

/**
 * Fixes the logical id of a resource that holds data: were it derived from the construct tree, moving the construct
 * would replace the resource and leave its data behind.
 */
export function pinLogicalId(resource: Resource, logicalId: string): void {
  cfnResourceOf(resource, CfnElement).overrideLogicalId(logicalId);
}

/** The CloudFormation resource below a construct, for a property that the construct does not offer as we need it. */
export function cfnResourceOf<T extends CfnElement>(resource: Resource, type: abstract new (...args: never[]) => T): T {
  const child = resource.node.defaultChild;
  if (!(child instanceof type)) throw new Error(`${resource.node.path} is not a ${type.name}.`);
  return child;
}
