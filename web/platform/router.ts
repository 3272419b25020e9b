import { computed, signal } from '@preact/signals';

/**
 * Where the page is: `#/orders/01…?status=CANCELLED`. Behind the `#`, because a browser sends nothing of it to any server
 * and one file answers for every address, here and on AWS.
 */
export interface Place {
  /** `['orders', '01…']` */
  readonly path: readonly string[];
  readonly query: Readonly<Record<string, string>>;
}

const hash = signal(location.hash);
addEventListener('hashchange', readAddress);

/** Whoever replaces the address calls it: no event tells of that. */
export function readAddress(): void {
  hash.value = location.hash;
}

export const place = computed<Place>(() => parsePlace(hash.value));

export function parsePlace(text: string): Place {
  const [path = '', query = ''] = text.replace(/^#?\/?/, '').split('?', 2);
  return {
    path: path.split('/').filter(Boolean).map(decoded),
    query: Object.fromEntries(new URLSearchParams(query)),
  };
}

export function addressOf(path: readonly string[], query: Readonly<Record<string, string | undefined>> = {}): string {
  const kept = Object.entries(query).filter((entry): entry is [string, string] => Boolean(entry[1]));
  const text = new URLSearchParams(kept).toString();
  return `#/${path.map(encodeURIComponent).join('/')}${text === '' ? '' : `?${text}`}`;
}

export function goTo(address: string): void {
  location.hash = address;
}

/** Keeps what a list is filtered by in the address, without a step in the history for each letter. */
export function replaceQuery(query: Readonly<Record<string, string | undefined>>): void {
  history.replaceState(null, '', addressOf(place.value.path, query));
  readAddress();
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A half of an escape, as somebody may type it: it names nothing, which the page then says.
    return part;
  }
}
