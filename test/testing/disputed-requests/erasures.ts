import type { DisputedRequest } from './disputed-request.ts';

const OWN = 'POST /account/erasure';
const BY_ADMIN = 'POST /admin/customers/{customerId}/erasure';
const CANNOT_BE_UNDONE = 'it cannot be undone: what is not understood whole is not done';

const erasure = (route: typeof OWN | typeof BY_ADMIN, rest: Omit<DisputedRequest, 'route'>): DisputedRequest => ({
  route,
  params: { customerId: 'alice' },
  ...rest,
});

/** Of Alice, who has an account at alice@example.com, and a basket. None of these erases her. */
export const ERASURES: readonly DisputedRequest[] = [
  ...([OWN, BY_ADMIN] as const).flatMap((route) => [
    erasure(route, { what: 'no body', answer: '400 BODY_MALFORMED', reason: CANNOT_BE_UNDONE }),
    erasure(route, { what: 'an empty object', body: {}, answer: '400 VALIDATION_FAILED', reason: CANNOT_BE_UNDONE }),
    erasure(route, {
      what: 'yes',
      body: { confirm: 'yes' },
      answer: '409 ERASURE_UNCONFIRMED',
      reason: 'a confirmation that is the same for everybody confirms nobody',
    }),
    erasure(route, {
      what: 'a boolean',
      body: { confirm: true },
      answer: '400 VALIDATION_FAILED',
      reason: 'whose account it is must be said',
    }),
    erasure(route, {
      what: 'somebody else’s address',
      body: { confirm: 'bob@example.com' },
      answer: '409 ERASURE_UNCONFIRMED',
      reason: 'one of the two is a mistake',
    }),
    erasure(route, {
      what: 'a space behind the address',
      body: { confirm: 'alice@example.com ' },
      answer: '409 ERASURE_UNCONFIRMED',
      reason: 'nothing is guessed',
    }),
    erasure(route, {
      what: 'a trial',
      body: { confirm: 'alice', dryRun: true },
      answer: '400 VALIDATION_FAILED',
      reason: 'nothing was to be done',
    }),
    erasure(route, {
      what: 'a trial in the query',
      query: { dryRun: 'true' },
      body: { confirm: 'alice' },
      answer: '400 VALIDATION_FAILED',
      reason: 'nothing was to be done',
    }),
    erasure(route, {
      what: 'If-Match',
      headers: { 'if-match': '"2"' },
      body: { confirm: 'alice' },
      answer: '400 CONDITION_UNSUPPORTED',
      reason: 'a condition is applied or refused, never left out',
    }),
    erasure(route, {
      what: 'a card number',
      body: { confirm: '4242424242424242' },
      answer: '400 CARD_NUMBER_REFUSED',
      reason: 'it is nobody’s address',
    }),
  ]),
  erasure(OWN, {
    what: 'the id of somebody else',
    body: { confirm: 'bob' },
    answer: '409 ERASURE_UNCONFIRMED',
    reason: 'the token says whose account it is, and no field',
  }),
  erasure(BY_ADMIN, {
    what: 'another customer in the path than in the confirmation',
    params: { customerId: 'bob' },
    body: { confirm: 'alice' },
    answer: '409 ERASURE_UNCONFIRMED',
    reason: 'one of the two is a mistake',
  }),
  erasure(BY_ADMIN, {
    what: 'the name of an account in the path',
    params: { customerId: 'Alice In Wonderland' },
    body: { confirm: 'Alice In Wonderland' },
    answer: '400 VALIDATION_FAILED',
    reason: 'a customer is the subject of a token',
  }),
  ...(['format', 'from', 'orderId'] as const).map((name) => ({
    what: `the query ${name}`,
    route: 'GET /account/data',
    query: { [name]: '2026-01-15' },
    answer: '400 VALIDATION_FAILED',
    reason: 'what is left out of an export would be missed by nobody',
  })),
];
