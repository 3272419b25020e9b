import { expect, test } from 'vitest';
import { contactsKeptDays } from './captured-mails.ts';

const functionWith = (Variables: object) => ({
  Resources: { Serve: { Type: 'AWS::Lambda::Function', Properties: { Environment: { Variables } } } },
});

test('captured mails are kept as long as the template’s functions keep contacts', () => {
  expect(contactsKeptDays(functionWith({ CONTACTS_KEPT_DAYS: '760' }))).toBe(760);
});

test.each([{}, { CONTACTS_KEPT_DAYS: '0' }])(
  'a template with %o is refused: mails would stay for ever',
  (variables) => {
    expect(() => contactsKeptDays(functionWith(variables))).toThrow('CONTACTS_KEPT_DAYS');
  },
);
