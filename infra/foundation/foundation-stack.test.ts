import { Template } from 'aws-cdk-lib/assertions';
import { expect, test } from 'vitest';
import { onlyResource, resourcesOf, testApp } from '../testing/synthesized-stack.ts';
import { FoundationStack } from './foundation-stack.ts';

const foundation = (mailDomain: string | undefined, repository: string | undefined) =>
  Template.fromStack(new FoundationStack(testApp(), 'Foundation', { mailDomain, repository }));

const whole = foundation('shop.de', 'acme/shop');

test('each role is for jobs in its environments of the repository alone', () => {
  const trusted = Object.values(resourcesOf(whole, 'AWS::IAM::Role')).map(({ Properties }) => {
    const [{ Action, Condition }] = Properties.AssumeRolePolicyDocument.Statement;
    return [Action, Condition.StringEquals];
  });
  const audience = { 'token.actions.githubusercontent.com:aud': 'sts.amazonaws.com' };
  const subject = (...environments: string[]) => ({
    ...audience,
    'token.actions.githubusercontent.com:sub': environments.map((name) => `repo:acme/shop:environment:${name}`),
  });
  expect(trusted).toEqual([
    ['sts:AssumeRoleWithWebIdentity', subject('dev', 'prod')],
    ['sts:AssumeRoleWithWebIdentity', subject('prod-look')],
  ]);
});

test('the role that nobody approves can take on the bootstrap’s role for look-ups only', () => {
  const policy = Object.entries(resourcesOf(whole, 'AWS::IAM::Policy')).find(([logicalId]) =>
    logicalId.startsWith('Look'),
  );
  const statements = policy![1].Properties.PolicyDocument.Statement as { Action: string; Resource: unknown }[];
  const taken = statements
    .filter(({ Action }) => Action === 'sts:AssumeRole')
    .map(({ Resource }) => JSON.stringify(Resource));
  expect(taken).toEqual([expect.stringContaining('cdk-hnb659fds-lookup-role-')]);
  expect(JSON.stringify(statements)).not.toMatch(/deploy-role|PutEvents|Invoke/u);
});

test('neither role reads what is not the shop’s: on all resources they ask for settings only', () => {
  const statements = Object.values(resourcesOf(whole, 'AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[]; Resource: unknown }[],
  );
  const everywhere = statements.filter(({ Resource }) => Resource === '*').flatMap(({ Action }) => Action);
  expect(
    everywhere.filter((action) => /^(dynamodb|events|logs|s3|secretsmanager|sqs|ssm|states):/u.test(action)),
  ).toEqual([]);
  const ofData = statements.filter(({ Action }) => [Action].flat().some((action) => action.startsWith('dynamodb:')));
  expect(ofData.map(({ Resource }) => JSON.stringify(Resource))).toEqual([
    expect.stringContaining(':table/order-workflow-dev-*'),
  ]);
});

test('the pipeline changes nothing but through the roles of the bootstrap, publishing the page and trying the shop', () => {
  const statements = Object.values(resourcesOf(whole, 'AWS::IAM::Policy')).flatMap(
    ({ Properties }) => Properties.PolicyDocument.Statement as { Action: string | string[] }[],
  );
  const actions = statements.flatMap(({ Action }) => Action);
  const changing = actions.filter((action) => !/:(Get|List|Describe|Detect|Query)/u.test(action));
  expect(changing.toSorted()).toEqual([
    'cloudfront:CreateInvalidation',
    'cloudwatch:SetAlarmState',
    'events:PutEvents',
    'lambda:InvokeFunction',
    's3:PutObject',
    'states:StartExecution',
    'sts:AssumeRole',
    'sts:AssumeRole',
  ]);
  expect(actions.filter((action) => action.includes('*'))).toEqual([]);
});

test('the records of the mail domain are told, so that somebody can enter them', () => {
  expect(onlyResource(whole, 'AWS::SES::EmailIdentity').Properties.EmailIdentity).toBe('shop.de');
  expect(Object.keys(whole.findOutputs('*')).toSorted()).toEqual([
    'DkimRecord1',
    'DkimRecord2',
    'DkimRecord3',
    'DmarcRecord',
    'LookRoleArn',
    'PipelineRoleArn',
  ]);
});

test('an account without mails or without a pipeline gets neither', () => {
  expect(Object.keys(resourcesOf(foundation(undefined, 'acme/shop'), 'AWS::SES::EmailIdentity'))).toEqual([]);
  expect(Object.keys(resourcesOf(foundation('shop.de', undefined), 'AWS::IAM::Role'))).toEqual([]);
});
