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
  const { ConfigurationSetName, EventDestination } = onlyResource(
    prod,
    'AWS::SES::ConfigurationSetEventDestination',
  ).Properties;
  expect(ConfigurationSetName).toEqual({ Ref: setId });
  expect(EventDestination.MatchingEventTypes).toEqual(expect.arrayContaining(['bounce', 'complaint', 'reject']));
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
