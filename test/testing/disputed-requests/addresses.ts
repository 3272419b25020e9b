import { address, checkout, type DisputedRequest } from './disputed-request.ts';

const emails = [
  ['alice+shop@example.com', 'RFC 5321: dot-string', 'Automattic/wp-calypso#2480'],
  ['r&d@example.com', 'RFC 5321: dot-string'],
  ["o'brien@example.ie", 'RFC 5321: dot-string', 'AFP-Medialab/verification-plugin#433'],
  ['a!#$%*/=?^_`{|}~-b@example.com', 'RFC 5321: dot-string'],
  ['info@münchen.de', 'SES takes it as punycode', 'victorjonsson/jQuery-Form-Validator#204'],
  ['info@xn--mnchen-3ya.de', 'it is punycode already', 'polarsource/polar#5806'],
  ['моя@xn--h1alffa9f.xn--p1ai', undefined],
  ['moja@xn--h1alffa9f.xn--p1ai', 'a top-level domain in punycode', 'ansman/validate.js#87'],
  ['moja@россия.рф', 'SES takes it as punycode', 'mathiasbynens/punycode.js#20'],
  ['aa@aa.bb-cc.org', 'RFC 1123: a dash inside a label', 'gbif/gbif-api#20'],
  ['  alice@example.com ', 'blanks around it are none of it'],
  ['alice@EXAMPLE.Berlin', 'domains have no case'],
  [`${'a'.repeat(64)}@example.com`, 'RFC 5321: 64 characters before the @'],
  [`${'a'.repeat(65)}@example.com`, undefined],
  [`a@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(56)}.com`, 'RFC 5321: 254 characters'],
  [`ab@${'b'.repeat(63)}.${'c'.repeat(63)}.${'d'.repeat(63)}.${'e'.repeat(56)}.comm`, undefined],
  [`a@${'b'.repeat(64)}.com`, undefined],
  ['ü@example.com', undefined, 'bitwarden/server#1512'],
  ['.alice@example.com', undefined],
  ['al..ice@example.com', undefined],
  ['alice@-example.com', undefined],
  ['alice@127.0.0.1', undefined],
  ['alice@[127.0.0.1]', undefined],
  ['alice@exa%6dple.com', undefined],
  ['a@b@example.com', undefined],
  ['alice@gma😆il.com', undefined, 'Expensify/expensify-common#877'],
  ['alice\r\nbcc: eve@example.com', undefined],
  ['Alice <alice@example.com>', undefined],
] as const;

/** Where an address needs one, so that only its postal code is disputed. */
const REGIONS: Readonly<Record<string, string>> = { US: 'CA', CA: 'ON' };

const postalCodes = [
  ['DE', '10115', '202'],
  ['DE', '1011', '400'],
  ['DE', '', '400'],
  ['DE', undefined, '400'],
  ['DE', '１０１１５', '202'],
  ['US', '94043-1351', '202'],
  ['US', '9404', '400'],
  ['GB', 'sw1a 1aa', '202'],
  ['GB', '12345', '400'],
  ['CA', 'K1A 0B1', '202'],
  ['NL', '1012 AB', '202'],
  ['JP', '100-0001', '202'],
  ['IE', 'D02 AF30', '202', 'awesomemotive/easy-digital-downloads#5307'],
  ['IE', undefined, '202', 'stripe/stripe-ios#594'],
  ['IE', '12345', '400', 'Cimpress-MCP/postal-codes-js#25'],
  ['HK', undefined, '202', 'axlon/laravel-postal-code-validation#8'],
  ['HK', '', '202'],
  ['AE', undefined, '202'],
  ['XK', '10000', '400'],
  ['UK', 'SW1A 1AA', '400'],
  ['EU', '10115', '400'],
  ['ZZ', '10115', '400'],
  ['de', '10115', '400'],
] as const;

const names = [
  ['山田太郎', '202'],
  ['Željko Đorđević', '202'],
  ['नरेन्द्र', '202'],
  ['محمد علی', '202'],
  ['Ó Súilleabháin', '202'],
  ['می\u200cخواهم', '202'],
  ['Ng', '202'],
  ['李', '202'],
  ['👩\u200d🚀', '202', 'wireapp/wire-ios-utilities#33'],
  ['𠮷'.repeat(100), '202'],
  ['𠮷'.repeat(101), '400'],
  ['\u200b\u200b', '400', 'XiovV/calich#251'],
  ['\u2800', '400', 'elixir-ecto/ecto#4087'],
  ['\u180e', '400', 'noctf-project/noCTF#136'],
  ['\u3164', '400'],
  ['\u200d', '400'],
  ['\u0301', '400'],
  ['\u00a0 \u3000', '400', 'strangerstudios/pmpro-add-name-to-checkout#3'],
  ['a\u202eb', '400'],
  ['a\nb', '400'],
] as const;

/** What people are called, and where they live. */
export const ADDRESSES: readonly DisputedRequest[] = [
  ...emails.map(([email, accepted, seenIn]) =>
    checkout(
      { email },
      {
        what: `the e-mail address ${JSON.stringify(email.slice(0, 40))}`,
        answer: accepted === undefined ? '400 VALIDATION_FAILED' : '202',
        reason: accepted ?? 'no mail could be sent there',
        ...(seenIn !== undefined && { seenIn }),
      },
    ),
  ),
  ...postalCodes.map(([country, postalCode, answer, seenIn]) =>
    address(
      { country, postalCode, region: REGIONS[country] },
      {
        what: `the postal code ${JSON.stringify(postalCode)} of ${country}`,
        answer: answer === '202' ? answer : '400 VALIDATION_FAILED',
        reason: 'the country’s post says so',
        ...(seenIn !== undefined && { seenIn }),
      },
    ),
  ),
  ...names.map(([name, answer, seenIn]) =>
    address(
      { name },
      {
        what: `the name ${JSON.stringify(name.slice(0, 20))}`,
        answer: answer === '202' ? answer : '400 VALIDATION_FAILED',
        reason: 'a name can be seen, in any script',
        ...(seenIn !== undefined && { seenIn }),
      },
    ),
  ),
  ...['', '  ', '\u200b'].map((line2) =>
    address({ line2 }, { what: `line2 ${JSON.stringify(line2)}`, answer: '202', reason: 'it is as good as absent' }),
  ),
];
