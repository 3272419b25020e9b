import { mkdtempSync, readdirSync, readFileSync, statSync } from 'node:fs';
import os from 'node:os';
import path from 'node:path';
import { expect, test } from 'vitest';
import { ENVIRONMENTS } from './config.ts';
import { synthesizedStack } from './testing/synthesized-stack.ts';

const ASSET_HASH = /[0-9a-f]{64}/gu;
/** Of a version's code and settings, which the snapshot shows itself. */
const VERSION_HASH = /(?<=Version)[0-9a-f]{32}/gu;

test('synthesizing twice gives the same bytes', () => {
  const [first, second] = [0, 1].map(() => {
    const outdir = mkdtempSync(path.join(os.tmpdir(), 'cdk-out-'));
    synthesizedStack(ENVIRONMENTS.prod, { outdir });
    return contentsOf(outdir);
  });
  expect(first).toEqual(second);
});

test('stacks of different names have one template, so nothing in it belongs to one of them', () => {
  const [blue, green] = ['blue', 'green'].map((stackName) =>
    synthesizedStack(ENVIRONMENTS.dev, { stackName }).toJSON(),
  );
  expect(blue).toEqual(green);
});

test('a name that is fixed carries the name of the stack, so that two live in one account', () => {
  const { Resources } = synthesizedStack(ENVIRONMENTS.prod).toJSON() as Resources;
  const names = Object.entries(Resources).flatMap(([logicalId, { Type, Properties }]) =>
    Object.entries(Properties)
      .filter(([property]) => NAME_PROPERTIES[Type]?.includes(property))
      .map(([property, value]) => [`${logicalId}.${property}`, JSON.stringify(value)] as const),
  );
  expect(names.length).toBeGreaterThan(0);
  expect(names.filter(([, value]) => !value.includes('{"Ref":"AWS::StackName"}'))).toEqual([]);
});

test('the template of the development environment is the one that was reviewed', () => {
  const text = JSON.stringify(synthesizedStack(ENVIRONMENTS.dev).toJSON(), undefined, 2);
  expect(JSON.parse(text.replaceAll(ASSET_HASH, '<hash>').replaceAll(VERSION_HASH, '<hash>'))).toMatchSnapshot();
});

interface Resources {
  readonly Resources: Record<string, { readonly Type: string; readonly Properties: Record<string, unknown> }>;
}

/** The property that fixes a physical name, where it is none of another resource. */
const NAME_PROPERTIES: Readonly<Record<string, readonly string[]>> = {
  'AWS::ApiGatewayV2::Api': ['Name'],
  'AWS::CloudFront::Function': ['Name'],
  'AWS::CloudFront::OriginAccessControl': ['Name'],
  'AWS::CloudFront::ResponseHeadersPolicy': ['Name'],
  'AWS::CloudWatch::Alarm': ['AlarmName'],
  'AWS::CloudWatch::Dashboard': ['DashboardName'],
  'AWS::DynamoDB::GlobalTable': ['TableName'],
  'AWS::Events::Archive': ['ArchiveName'],
  'AWS::Events::EventBus': ['Name'],
  'AWS::Events::Rule': ['Name'],
  'AWS::IAM::Role': ['RoleName'],
  'AWS::KMS::Alias': ['AliasName'],
  'AWS::CodeDeploy::Application': ['ApplicationName'],
  'AWS::Lambda::Function': ['FunctionName'],
  'AWS::Logs::LogGroup': ['LogGroupName'],
  'AWS::Logs::QueryDefinition': ['Name'],
  'AWS::SNS::Topic': ['TopicName'],
  'AWS::SQS::Queue': ['QueueName'],
  'AWS::SecretsManager::Secret': ['Name'],
  'AWS::StepFunctions::StateMachine': ['StateMachineName'],
};

function contentsOf(folder: string): Record<string, string> {
  const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
    statSync(path.join(folder, file)).isFile(),
  );
  return Object.fromEntries(files.map((file) => [file, readFileSync(path.join(folder, file), 'utf8')]));
}
