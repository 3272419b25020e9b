import { expect, test } from 'vitest';
import { inertResourceTypes } from './inert-resource-types.ts';
import type { ResourceDeclaration, ResourceType } from './resource-type.ts';
import { deployStack, planStack, type PlanOptions } from './stack-plan.ts';
import type { Template } from './template.ts';

const stack = { stackName: 'demo', region: 'us-east-1', accountId: '000000000000', endpointUrl: 'http://localhost:1' };

/** A type that remembers what it was told to create. */
function recordingType(created: ResourceDeclaration[]): ResourceType {
  return {
    identify: ({ logicalId }) => ({ ref: `ref-${logicalId}`, attributes: { Arn: `arn-${logicalId}` } }),
    create: (resource) => void created.push(resource),
  };
}

function plan(template: Template, created: ResourceDeclaration[] = [], parameters: PlanOptions['parameters'] = {}) {
  const types = { ...inertResourceTypes, 'Test::Thing': recordingType(created) };
  return { types, plan: planStack({ template, stack, types, parameters }) };
}

const noSecrets = (): undefined => undefined;

test('creates each resource after what it refers to, substitutes or depends on', async () => {
  const created: ResourceDeclaration[] = [];
  const { plan: planned, types } = plan(
    {
      Resources: {
        A: { Type: 'Test::Thing', Properties: { of: { 'Fn::GetAtt': ['B', 'Arn'] } } },
        B: { Type: 'Test::Thing', Properties: { of: { 'Fn::Sub': 'x-${C.Arn}' } } },
        C: { Type: 'Test::Thing', DependsOn: ['D'] },
        D: { Type: 'Test::Thing' },
      },
    },
    created,
  );
  await deployStack(planned, types, noSecrets);
  expect(created.map((resource) => resource.logicalId)).toEqual(['D', 'C', 'B', 'A']);
  expect(created.at(-1)?.properties).toEqual({ of: 'arn-B' });
});

test('names every resource that it cannot run at once', () => {
  const template: Template = {
    Resources: { Site: { Type: 'AWS::ECS::Cluster' }, Net: { Type: 'AWS::EC2::VPC' }, Ok: { Type: 'Test::Thing' } },
  };
  expect(() => plan(template)).toThrow(/Site \(AWS::ECS::Cluster\), Net \(AWS::EC2::VPC\)\./);
});

test('leaves out a resource whose condition is false, even one of an unknown type', () => {
  const { plan: planned } = plan({
    Parameters: { Stage: { Type: 'String', Default: 'dev' } },
    Conditions: { IsProd: { 'Fn::Equals': [{ Ref: 'Stage' }, 'prod'] } },
    Resources: { Net: { Type: 'AWS::EC2::VPC', Condition: 'IsProd' } },
  });
  expect(planned.resources).toEqual([]);
});

test('a circle of references is named', () => {
  const template: Template = {
    Resources: {
      A: { Type: 'Test::Thing', Properties: { x: { Ref: 'B' } } },
      B: { Type: 'Test::Thing', Properties: { x: { Ref: 'A' } } },
    },
  };
  expect(() => plan(template)).toThrow('A → B → A');
});

test('reads a secret of the same template when the resource that uses it is created', async () => {
  const created: ResourceDeclaration[] = [];
  const { plan: planned, types } = plan(
    {
      Resources: {
        Secret: { Type: 'Test::Thing' },
        User: {
          Type: 'Test::Thing',
          Properties: {
            key: { 'Fn::Join': ['', ['{{resolve:secretsmanager:', { Ref: 'Secret' }, ':SecretString:apiKey::}}']] },
          },
        },
      },
    },
    created,
  );
  await deployStack(planned, types, (id) => (id === 'ref-Secret' ? '{"apiKey":"k-1"}' : undefined));
  expect(created[1]?.properties).toEqual({ key: 'k-1' });
});

test('takes parameters from the caller, then from their default', () => {
  const template: Template = {
    Parameters: {
      Url: { Type: 'String', Default: 'https://example.com' },
      Bootstrap: { Type: 'AWS::SSM::Parameter::Value<String>', Default: '/cdk-bootstrap/version' },
    },
    Outputs: { Url: { Value: { Ref: 'Url' } } },
  };
  expect(plan(template).plan.outputs).toEqual({ Url: 'https://example.com' });
  expect(plan(template, [], { Url: 'http://localhost:9' }).plan.outputs).toEqual({ Url: 'http://localhost:9' });
  expect(() => plan(template, [], { Typo: 'x' })).toThrow('Unknown parameter Typo');
});

test.each([
  ['', 'has 0 characters'],
  ['abcd', 'has 4 characters; expected from 1 to 3'],
])('a parameter of another length is refused: %j', (Name, problem) => {
  const template: Template = { Parameters: { Name: { Type: 'String', Default: 'abc', MinLength: '1', MaxLength: 3 } } };
  expect(() => plan(template)).not.toThrow();
  expect(() => plan(template, [], { Name })).toThrow(problem);
});

test('gives roles and keys the ARNs that others need', () => {
  const { plan: planned } = plan({
    Resources: {
      Role: { Type: 'AWS::IAM::Role' },
      Key: { Type: 'AWS::KMS::Key' },
    },
    Outputs: {
      Role: { Value: { 'Fn::GetAtt': ['Role', 'Arn'] } },
      Key: { Value: { 'Fn::GetAtt': ['Key', 'Arn'] } },
    },
  });
  expect(planned.outputs).toEqual({
    Role: 'arn:aws:iam::000000000000:role/demo-Role',
    Key: 'arn:aws:kms:us-east-1:000000000000:key/demo-Key',
  });
});

test('the AWS address of an API that the template composes becomes its local one', () => {
  const api: ResourceType = {
    identify: () => ({ ref: 'abc123', attributes: { ApiEndpoint: 'http://localhost:9000' } }),
  };
  const url = (id: unknown): unknown => ({
    'Fn::Join': ['', ['https://', id, '.execute-api.', { Ref: 'AWS::Region' }, '.', { Ref: 'AWS::URLSuffix' }, '/v1']],
  });
  const template: Template = {
    Resources: { Api: { Type: 'Test::Api' } },
    Outputs: { Ours: { Value: url({ Ref: 'Api' }) }, Others: { Value: url('other') } },
  };
  const planned = planStack({ template, stack, types: { 'Test::Api': api }, parameters: {} });
  expect(planned.outputs).toEqual({
    Ours: 'http://localhost:9000/v1',
    Others: 'https://other.execute-api.us-east-1.amazonaws.com/v1',
  });
});
