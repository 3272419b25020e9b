import type { JsonObject } from '../../endpoint/aws-api.ts';
import { integerBetween, optionalString, pageOf } from '../shared/aws-input.ts';

/** The page of `named` that NamePrefix, Limit and NextToken ask for, in the order of names. */
export function pageOfNames<T extends { readonly name: string }>(
  named: readonly T[],
  input: JsonObject,
): { items: readonly T[]; nextToken: { NextToken?: string } } {
  const prefix = optionalString(input, 'NamePrefix') ?? '';
  const chosen = named.filter(({ name }) => name.startsWith(prefix)).toSorted((a, b) => (a.name < b.name ? -1 : 1));
  return pageOfList(chosen, input);
}

/** The page of `items` that Limit and NextToken ask for. */
export function pageOfList<T>(
  all: readonly T[],
  input: JsonObject,
): { items: readonly T[]; nextToken: { NextToken?: string } } {
  const limit = integerBetween(input, 'Limit', { min: 1, max: 100, fallback: 100 });
  const page = pageOf(all, limit, optionalString(input, 'NextToken'), 'ValidationException');
  return { items: page.items, nextToken: page.nextToken ? { NextToken: page.nextToken } : {} };
}
