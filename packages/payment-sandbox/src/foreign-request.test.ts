import { expect, test } from 'vitest';
import { foreignRefusal, ownHostNames } from './foreign-request.ts';

const names = ownHostNames('10.0.0.5', 'https://pay.shop.example');
const page = { 'sec-fetch-site': 'cross-site' } as const;

test.each([
  ['a name that somebody points at this machine', 'GET', { host: 'rebound.example' }, 421],
  ['no name', 'GET', {}, 421],
  ['a form of another site', 'POST', { host: 'localhost:4568', origin: 'https://foreign.example' }, 403],
  ['a form of another port', 'POST', { host: 'localhost:4568', origin: 'http://localhost:3000' }, 403],
  ['a form of a sandboxed frame', 'POST', { host: 'localhost:4568', origin: 'null' }, 403],
  ['an image of another site', 'GET', { host: 'localhost:4568', 'sec-fetch-mode': 'no-cors', ...page }, 403],
  [
    'a form of another site that tells no origin',
    'POST',
    { host: 'localhost', 'sec-fetch-mode': 'navigate', ...page },
    403,
  ],
  [
    'a customer who is sent to the confirmation page',
    'GET',
    { host: 'localhost', 'sec-fetch-mode': 'navigate', ...page },
    undefined,
  ],
  [
    'its own page',
    'POST',
    { host: '127.0.0.1:4568', origin: 'http://127.0.0.1:4568', 'sec-fetch-site': 'same-origin' },
    undefined,
  ],
  ['its own page behind TLS', 'POST', { host: 'pay.shop.example', origin: 'https://pay.shop.example' }, undefined],
  ['a client at the address it listens on', 'POST', { host: '10.0.0.5:12111' }, undefined],
] as const)('answers %s as it must', (_what, method, headers, status) => {
  expect(foreignRefusal({ method, headers: { ...headers } }, names)?.statusCode).toBe(status);
});
