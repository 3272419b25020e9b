import {
  PolicyDocument,
  type PolicyStatement,
  Role,
  type AddToPrincipalPolicyResult,
  type RoleProps,
} from 'aws-cdk-lib/aws-iam';
import type { Construct } from 'constructs';

/**
 * A role that holds its permissions itself, where the CDK makes a policy beside it: one resource instead of two, of the
 * 500 that a stack may have. Whatever names the role waits for its permissions too. It must not be permitted anything on
 * what itself needs the role: CloudFormation refuses such a circle, and a test finds it.
 */
export class LeanRole extends Role {
  readonly #permissions: PolicyDocument;

  constructor(scope: Construct, id: string, props: Omit<RoleProps, 'inlinePolicies'>) {
    const permissions = new PolicyDocument();
    super(scope, id, { ...props, inlinePolicies: { Permissions: permissions } });
    this.#permissions = permissions;
  }

  override addToPrincipalPolicy(statement: PolicyStatement): AddToPrincipalPolicyResult {
    this.#permissions.addStatements(statement);
    return { statementAdded: true, policyDependable: this };
  }
}
