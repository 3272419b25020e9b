import { expect, test } from 'vitest';
import { ENVIRONMENTS } from '../config.ts';
import { permissionLines, statementsByRole } from '../testing/permissions.ts';
import { onlyResource, resourcesOf, synthesizedStack } from '../testing/synthesized-stack.ts';

const dev = synthesizedStack(ENVIRONMENTS.dev);
const prod = synthesizedStack(ENVIRONMENTS.prod);
const [[setId] = []] = Object.entries(resourcesOf(prod, 'AWS::SES::ConfigurationSet'));

test('an address that bounced or complained gets no further mail, and both are counted', () => {
  const { ReputationOptions, SuppressionOptions } = onlyResource(prod, 'AWS::SES::ConfigurationSet').Properties;
  expect(ReputationOptions).toEqual({ ReputationMetricsEnabled: true });
  expect(SuppressionOptions).toEqual({ SuppressedReasons: ['BOUNCE', 'COMPLAINT'] });
  const destinations = Object.values(resourcesOf(prod, 'AWS::SES::ConfigurationSetEventDestination')).map(
    ({ Properties }) => Properties,
  );
  for (const { ConfigurationSetName } of destinations) expect(ConfigurationSetName).toEqual({ Ref: setId });
  const counted = destinations.find(({ EventDestination }) => EventDestination.CloudWatchDestination)!;
  expect(counted.EventDestination.MatchingEventTypes).toEqual(
    expect.arrayContaining(['bounce', 'complaint', 'reject']),
  );
});

test('bounces and complaints of this shop’s mails, and no other’s, reach the function that acts on them', () => {
  const told = Object.values(resourcesOf(prod, 'AWS::SES::ConfigurationSetEventDestination')).find(
    ({ Properties }) => Properties.EventDestination.EventBridgeDestination,
  )!;
  expect(told.Properties.EventDestination.MatchingEventTypes).toEqual(['bounce', 'complaint']);
  expect(JSON.stringify(told.Properties.EventDestination.EventBridgeDestination)).toContain('event-bus/default');
  const rule = Object.values(resourcesOf(prod, 'AWS::Events::Rule')).find(
    ({ Properties }) => Properties.EventPattern?.source?.[0] === 'aws.ses',
  )!;
  expect(rule.Properties.EventPattern).toEqual({
    source: ['aws.ses'],
    'detail-type': ['Email Bounced', 'Email Complaint Received'],
    detail: { mail: { tags: { 'ses:configuration-set': [{ Ref: setId }] } } },
  });
});

test('in production sign-up and recovery leave through SES, as the mails about orders do', () => {
  const ofOrders = Object.values(resourcesOf(prod, 'AWS::Lambda::Function')).find(
    ({ Properties }) => Properties.Handler === 'send-mail.handler',
  )!.Properties.Environment.Variables;
  const pools = Object.values(resourcesOf(prod, 'AWS::Cognito::UserPool'));
  expect(pools).toHaveLength(2); // of customers, and of operators
  for (const { Properties } of pools) {
    expect(Properties.EmailConfiguration).toMatchObject({
      EmailSendingAccount: 'DEVELOPER',
      From: ofOrders.MAIL_SENDER,
      ConfigurationSet: ofOrders.MAIL_CONFIGURATION_SET,
    });
  }
  expect(onlyResource(dev, 'AWS::Cognito::UserPool').Properties.EmailConfiguration).toBeUndefined();
});

test('only a developer’s stack may write to identities that SES knows as recipients', () => {
  const mayWriteToAny = [dev, prod].map((template) =>
    [...statementsByRole(template).values()].flatMap(permissionLines).includes('ses:identity/*: ses:SendEmail'),
  );
  expect(mayWriteToAny).toEqual([true, false]);
});
