import type { JsonObject } from '../endpoint/aws-api.ts';

/**
 * How one CloudFormation resource type lives in the embedded runtime. Identity is computed before anything is
 * created, so that every Ref and Fn::GetAtt of the template can be resolved first.
 */
export interface ResourceType {
  /** What `Ref` and `Fn::GetAtt` return. Pure. `properties` are resolved. */
  identify(resource: ResourceDeclaration, stack: StackIdentity): ResourceIdentity;
  /**
   * Brings the resource up. Called at every start in dependency order, so it must be idempotent over what the
   * data folder already holds. Absent: the type needs nothing at run time (IAM roles, alarms …).
   * @throws UnsupportedFeature when a property asks for something that the runtime does not do.
   */
  create?(resource: ResourceDeclaration, identity: ResourceIdentity): Promise<void> | void;
  /**
   * Finds out what would bring a running resource to this declaration, without doing it; what it works on goes on as it
   * was. Absent: such a resource changes only with a start.
   * @returns undefined when it is as declared already.
   * @throws UnsupportedFeature, StartError as `create` does.
   */
  prepareUpdate?(resource: ResourceDeclaration, identity: ResourceIdentity): Promise<Change | undefined>;
  /**
   * Such a resource never changes: another one comes beside it, also while the stack runs, and it stays when the template
   * has it no more.
   */
  readonly isAddedWhileRunning?: true;
}

/** Carries out an update that was prepared. */
export type Change = () => Promise<void> | void;

export interface ResourceDeclaration {
  readonly logicalId: string;
  readonly type: string;
  /** Intrinsic functions resolved. */
  readonly properties: JsonObject;
}

export interface ResourceIdentity {
  /** What `Ref` returns. */
  readonly ref: string;
  /** What `Fn::GetAtt` returns, by attribute name. */
  readonly attributes: Readonly<Record<string, string>>;
}

export interface StackIdentity {
  readonly stackName: string;
  readonly region: string;
  readonly accountId: string;
  /** Base URL of the runtime, e.g. `http://localhost:4566`; queue URLs carry it. */
  readonly endpointUrl: string;
}

/** Something in the template that the runtime cannot run: it stops the start with the resource's name. */
export class UnsupportedFeature extends Error {
  override readonly name = 'UnsupportedFeature';

  constructor(resource: Pick<ResourceDeclaration, 'logicalId' | 'type'>, what: string) {
    super(`${resource.logicalId} (${resource.type}): ${what} is not supported by the embedded runtime.`);
  }
}
