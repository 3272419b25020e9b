import { describe, expect, test } from 'vitest';
import { CfnElement } from 'aws-cdk-lib';
import { Template } from 'aws-cdk-lib/assertions';
import { Construct } from 'constructs';
import { ENVIRONMENTS } from './config.ts';
import { ShopFunction } from './constructs/shop-function.ts';
import {
  aFunction,
  functionBehind,
  resourcesOf,
  synthesizedStack,
  testPlatform,
  testStack,
} from './testing/synthesized-stack.ts';
import { listOf, type Statement, statementsByRole } from './testing/permissions.ts';

const dev = synthesizedStack(ENVIRONMENTS.dev);
const prod = synthesizedStack(ENVIRONMENTS.prod);
const environments = [
  ['dev', dev],
  ['prod', prod],
] as const;

/** Resources that name a function other than by its own ARN or name, by logical id. */
type Expressions = Record<string, unknown>;

function propertyOf(template: Template, type: string, read: (properties: never) => unknown): Expressions {
  return Object.fromEntries(
    Object.entries(resourcesOf(template, type)).map(([id, { Properties }]) => [id, read(Properties as never)]),
  );
}

describe.each(environments)('in %s', (_name, template) => {
  const functions = new Set(Object.keys(resourcesOf(template, 'AWS::Lambda::Function')));

  test('a workflow calls the versions of its deployment, so that an execution ends on what it began with', () => {
    const machines = Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine'));
    const called = machines.flatMap(({ Properties }) =>
      Object.values<{ Ref?: string }>(Properties.DefinitionSubstitutions),
    );
    const versions = resourcesOf(template, 'AWS::Lambda::Version');
    expect(called.length).toBeGreaterThan(10);
    expect(called.filter(({ Ref = '' }) => !(Ref in versions))).toEqual([]);
  });

  test('queues, streams, rules and routes call the alias, and may call nothing else', () => {
    const aliases = resourcesOf(template, 'AWS::Lambda::Alias');
    const targets = (resource: { Targets: { Arn: unknown }[] }) => resource.Targets.map(({ Arn }) => Arn);
    const callers: Expressions = {
      ...propertyOf(template, 'AWS::Lambda::EventSourceMapping', ({ FunctionName }) => FunctionName),
      ...propertyOf(template, 'AWS::ApiGatewayV2::Integration', ({ IntegrationUri }) => IntegrationUri),
      ...propertyOf(template, 'AWS::Lambda::Permission', ({ FunctionName }) => FunctionName),
      ...propertyOf(template, 'AWS::Events::Rule', targets),
    };
    const named = Object.values(callers).flatMap(
      (expression) => JSON.stringify(expression).match(/\b\w+(?="\])|(?<="Ref":")\w+/gu) ?? [],
    );
    expect(named.filter((id) => id in aliases).length).toBeGreaterThan(30);
    expect(named.filter((id) => functions.has(id))).toEqual([]);
  });

  test('retries and destinations of asynchronous work are set for the alias, by which it comes', () => {
    const configs = Object.values(resourcesOf(template, 'AWS::Lambda::EventInvokeConfig'));
    expect(configs).toHaveLength(6);
    for (const { Properties } of configs) {
      // The last part of the alias's ARN.
      expect(Properties.Qualifier).toEqual({
        'Fn::Select': [7, { 'Fn::Split': [':', { Ref: expect.stringMatching(/Live$/u) }] }],
      });
    }
  });

  test('versions of functions and workflows stay when their resource goes, also when a deployment is rolled back', () => {
    const versions = ['AWS::Lambda::Version', 'AWS::StepFunctions::StateMachineVersion'].flatMap((type) =>
      Object.values(
        template.findResources(type) as Record<string, { DeletionPolicy?: string; UpdateReplacePolicy?: string }>,
      ),
    );
    expect(versions).toHaveLength(functions.size + 3);
    for (const version of versions) {
      expect(version).toMatchObject({ DeletionPolicy: 'Retain', UpdateReplacePolicy: 'Retain' });
    }
  });

  test('a workflow may call every version of its own functions, for older executions go on with its role', () => {
    const statements = statementsByRole(template);
    for (const { Properties } of Object.values(resourcesOf(template, 'AWS::StepFunctions::StateMachine'))) {
      const role: string = Properties.RoleArn['Fn::GetAtt'][0];
      const calls = (statements.get(role) ?? []).filter(({ Action }) =>
        listOf(Action).includes('lambda:InvokeFunction'),
      );
      const steps = Object.values(Properties.DefinitionSubstitutions).map((step) => functionBehind(template, step));
      const ids = Object.entries(resourcesOf(template, 'AWS::Lambda::Function')).filter(([, found]) =>
        steps.includes(found),
      );
      const everyVersion = ids.map(([id]) => ({ 'Fn::Join': ['', [{ 'Fn::GetAtt': [id, 'Arn'] }, ':*']] }));
      expect(calls.flatMap(({ Resource }: Statement) => listOf(Resource)).toSorted(byText)).toEqual(
        everyVersion.toSorted(byText),
      );
    }
  });

  test('executions are started by the alias of their workflow', () => {
    const started = Object.values(resourcesOf(template, 'AWS::Lambda::Function'))
      .filter(({ Properties }) => /start-order|serve-orders|decide-parked/u.test(Properties.Handler))
      .flatMap(({ Properties }) => Object.entries(Properties.Environment.Variables as Expressions))
      .filter(([name]) => name.endsWith('STATE_MACHINE_ARN'))
      .map(([, arn]) => JSON.stringify(arn));
    expect(started).toHaveLength(6);
    expect(started.filter((arn) => !/"Ref":"\w+Live"|-order-(cancellation|return):live"/u.test(arn))).toEqual([]);
  });

  test('nothing refers in a circle, what CloudFormation looks at in an update included', () => {
    const { Resources } = template.toJSON() as { Resources: Record<string, unknown> };
    const done = new Set<string>();
    const visit = (id: string, path: readonly string[]): void => {
      if (done.has(id)) return;
      if (path.includes(id)) throw new Error(`Circle: ${[...path, id].join(' → ')}`);
      const text = JSON.stringify(Resources[id]);
      const names = [...text.matchAll(/"(?:Ref|DependsOn)":"(\w+)"|"Fn::GetAtt":\["(\w+)"|(?<=\$\{)(\w+)/gu)];
      const listed = [...text.matchAll(/"DependsOn":\[([^\]]*)\]/gu)].flatMap(
        ([, list = '']) => JSON.parse(`[${list}]`) as string[],
      );
      for (const next of [...names.flatMap((match) => match.slice(1)), ...listed]) {
        if (next !== undefined && next in Resources) visit(next, [...path, id]);
      }
      done.add(id);
    };
    for (const id of Object.keys(Resources)) visit(id, []);
    expect(done.size).toBe(Object.keys(Resources).length);
  });

  test('there is room below the 500 resources that a stack may have', () => {
    expect(Object.keys((template.toJSON() as { Resources: object }).Resources).length).toBeLessThan(450);
  });
});

function byText(one: unknown, other: unknown): number {
  return JSON.stringify(one) < JSON.stringify(other) ? -1 : 1;
}

describe('the logical id of a version', () => {
  const idsOf = (template: Template, type = 'AWS::Lambda::Version') =>
    Object.keys(template.findResources(type)).toSorted();
  const namesOf = (ids: readonly string[]) => ids.map((id) => id.replace(/Version[0-9a-f]{32}$/u, ''));

  test('follows the code, and the workflow that calls the function is another version too', () => {
    const other = synthesizedStack(ENVIRONMENTS.dev, { code: 'export const handler = async () => 1;\n' });
    expect(namesOf(idsOf(other))).toEqual(namesOf(idsOf(dev)));
    expect(idsOf(other).filter((id) => idsOf(dev).includes(id))).toEqual([]);
    const machines = 'AWS::StepFunctions::StateMachineVersion';
    expect(idsOf(other, machines).filter((id) => idsOf(dev, machines).includes(id))).toEqual([]);
  });

  test('follows the settings, of that function alone', () => {
    const stack = testStack(ENVIRONMENTS.dev);
    const functions = stack.node.findAll().filter((each) => each instanceof ShopFunction);
    functions.find(({ entry }) => entry === 'create-order')!.lambda.addEnvironment('GREETING', 'hello');
    const changed = idsOf(Template.fromStack(stack)).filter((id) => !idsOf(dev).includes(id));
    expect(namesOf(changed)).toEqual(['OrdersCreateOrder']);
  });

  test('and of everything else that is the function’s own does not follow where its construct stands', () => {
    const [here, there] = [[], ['Far', 'Away']].map((path) => {
      const stack = testStack(ENVIRONMENTS.dev);
      const scope = path.reduce<Construct>((parent, id) => new Construct(parent, id), stack);
      const parts = aFunction(scope, testPlatform()).node.findAll().filter(CfnElement.isCfnElement);
      const ids = parts.map((part) => String(stack.resolve(part.logicalId))).filter((id) => !id.includes('Policy'));
      return ids.map((id) => id.replace(/(?<=Version)[0-9a-f]{32}$/u, '')).toSorted();
    });
    const own = ['Function', 'Live', 'Logs', 'Role', 'Version'].map((part) => `TeaServeTea${part}`);
    expect([here, there]).toEqual([own, own]);
  });
});

describe('a deployment to production', () => {
  const alarms = resourcesOf(prod, 'AWS::CloudWatch::Alarm');

  test('gives every alias a tenth of the work first and watches alarms of what versions break', () => {
    const groups = resourcesOf(prod, 'AWS::CodeDeploy::DeploymentGroup');
    for (const { Properties } of Object.values(groups)) {
      expect(Properties.DeploymentConfigName).toBe('CodeDeployDefault.LambdaCanary10Percent10Minutes');
      expect(Properties.AutoRollbackConfiguration.Events).toContain('DEPLOYMENT_STOP_ON_ALARM');
      expect(Properties.AlarmConfiguration.Enabled).toBe(true);
    }
    const machines = Object.values(resourcesOf(prod, 'AWS::StepFunctions::StateMachineAlias'));
    const watched = [
      ...Object.values(groups).map(({ Properties }) =>
        Properties.AlarmConfiguration.Alarms.map(({ Name }: { Name: unknown }) => Name),
      ),
      ...machines.map(({ Properties }) => Properties.DeploymentPreference.Alarms),
    ].map((names: { Ref: string }[]) => names.map(({ Ref }) => Ref.replace(/^ObservabilityAlarms|[0-9A-F]{8}$/gu, '')));
    const expected = [
      'JobsFailing',
      'ExecutionsBroken',
      'OrdersCancelledByFaults',
      'StepsFailing',
      'ReturnsFailing',
      'ApiErrors',
    ];
    expect(watched).toEqual(watched.map(() => expected));
    expect(machines.map(({ Properties }) => Properties.RoutingConfiguration)).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
  });

  test('shifts the functions that a workflow does not call: the others come with its version', () => {
    const aliases = Object.values(
      prod.findResources('AWS::Lambda::Alias') as Record<string, { UpdatePolicy?: object; Properties: never }>,
    );
    const shifted = aliases.filter(({ UpdatePolicy }) => UpdatePolicy !== undefined).length;
    const steps = new Set(
      Object.values(resourcesOf(prod, 'AWS::StepFunctions::StateMachine')).flatMap(({ Properties }) =>
        Object.values(Properties.DefinitionSubstitutions).map(
          (step) => functionBehind(prod, step).Properties.Handler as string,
        ),
      ),
    );
    expect(shifted).toBe(aliases.length - steps.size);
  });

  test('waits longer than its alarms take to ring', () => {
    for (const { Properties } of Object.values(alarms).filter(({ Properties }) =>
      Properties.AlarmDescription.includes('fail'),
    )) {
      const periods = JSON.stringify(Properties).match(/"Period":(\d+)/u);
      expect(Number(periods?.[1])).toBeLessThan(600);
    }
  });
});

test('dev moves all work at once', () => {
  dev.resourceCountIs('AWS::CodeDeploy::DeploymentGroup', 0);
  expect(
    Object.values(resourcesOf(dev, 'AWS::StepFunctions::StateMachineAlias')).map(
      ({ Properties }) => Properties.RoutingConfiguration[0].Weight,
    ),
  ).toEqual([100, 100, 100]);
});
