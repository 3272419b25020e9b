import type { Books } from './books.ts';
import type { Rule } from './rule.ts';

/** What must stand nowhere: each with a name for the report, which never shows the find itself. */
const PATTERNS: readonly (readonly [string, RegExp])[] = [
  ['an API key of the provider', /\b[sr]k_(test|live)_\w{4,}/],
  ['a webhook secret', /\bwhsec_\w{4,}/],
  ['a JSON Web Token', /\beyJ[\w-]{10,}\.[\w-]{10,}\.[\w-]{10,}/],
];

/**
 * Digits as a card number has them, with or without separators. No network that begins so issues 14 of them: those are
 * barcodes (GTIN-14).
 */
const CARD_LIKE = /(?<![\w.-])(?:3[47]|4\d|5[1-5]|2[2-7]|6[05])\d{2}(?:[ -]?\d{4}){2}[ -]?\d{3,7}(?![\w.-])/g;

/** A carrier's number may look like any other: it stands under its own name, also in JSON inside of JSON. */
const TRACKING_NUMBER = /(\\*")trackingNumber\1\s*:\s*\1[A-Za-z0-9-]{4,40}\1/g;

export const noSecrets: Rule = {
  id: 'X7',
  says: 'no card number, key, token or secret stands in tables, events, dead letters or logs',
  when: 'always',
  *findings(books) {
    const tokens = taskTokens(books);
    for (const { place, key, text } of textsOf(books)) {
      const found = PATTERNS.filter(([, pattern]) => pattern.test(text)).map(([name]) => name);
      if (holdsCard(text.replaceAll(TRACKING_NUMBER, ''))) found.push('a card number');
      if (tokens.some((token) => text.includes(token))) found.push('a task token');
      for (const name of found) yield { keys: { place, key }, because: name, rows: [] };
    }
  },
};

interface Text {
  readonly place: string;
  readonly key: string;
  readonly text: string;
}

/** Task tokens stand in payment and parking rows by design; those columns are left out here. */
function* textsOf({ snapshot, archived }: Books): Iterable<Text> {
  const withoutToken = (row: Readonly<Record<string, unknown>>): string =>
    JSON.stringify({ ...row, taskToken: undefined, otherTokens: undefined });
  for (const row of snapshot.orders) yield { place: 'orders', key: row.orderId, text: JSON.stringify(row) };
  for (const row of snapshot.parked) yield { place: 'parked', key: row.orderId, text: withoutToken(row) };
  for (const row of snapshot.payments) yield { place: 'payments', key: row.orderId, text: withoutToken(row) };
  for (const row of snapshot.outbox) yield { place: 'outbox', key: row.eventId, text: row.detail };
  for (const row of snapshot.inbox) yield { place: 'inbox', key: row.providerEventId, text: JSON.stringify(row) };
  for (const row of snapshot.idempotency)
    yield { place: 'idempotency', key: row.id, text: JSON.stringify(row.data) ?? '' };
  for (const event of archived) yield { place: 'archive', key: event.detail.eventId, text: JSON.stringify(event) };
  for (const row of snapshot.deadLetters) yield { place: row.queue, key: row.messageId, text: row.body };
  for (const [index, text] of (snapshot.logLines ?? []).entries())
    yield { place: 'logs', key: `line ${index + 1}`, text };
}

/** Only tokens that are still worth something: those of open payments and parkings. */
function taskTokens({ snapshot }: Books): string[] {
  const open = [
    ...snapshot.payments.filter((row) => row.openState !== undefined || row.state === 'REQUESTED'),
    ...snapshot.parked.filter((row) => row.parkedState === 'OPEN'),
  ];
  return open
    .flatMap((row) => [row['taskToken'], ...((row['otherTokens'] ?? []) as Iterable<unknown>)])
    .filter((token) => typeof token === 'string');
}

function holdsCard(text: string): boolean {
  return [...text.matchAll(CARD_LIKE)].some(([digits]) => hasCardChecksum(digits));
}

/** Luhn's check: every card number passes it, one in ten other numbers does. */
function hasCardChecksum(text: string): boolean {
  const digits = text.replaceAll(/\D/g, '').split('').map(Number).toReversed();
  const sum = digits.reduce((total, digit, index) => {
    const doubled = index % 2 === 1 ? digit * 2 : digit;
    return total + (doubled > 9 ? doubled - 9 : doubled);
  }, 0);
  return digits.length >= 15 && sum % 10 === 0;
}
