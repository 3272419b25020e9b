import { invalidParameter, type JsonValue } from './api-answer.ts';

/** What of a list, newest first, comes after the object that `starting_after` names. @throws ApiFailure for an unknown one. */
export function pageOf(kind: string, all: readonly JsonValue[], query: URLSearchParams): JsonValue[] {
  const id = query.get('starting_after');
  if (id === null) return [...all];
  const index = all.findIndex((each) => (each as { readonly id?: JsonValue }).id === id);
  if (index === -1) throw noSuch(kind, id);
  return all.slice(index + 1);
}

/** W4: what a parameter names and nobody knows is 400. */
export function noSuch(kind: string, id: string): Error {
  return invalidParameter('starting_after', `No such ${kind}: '${id.slice(0, 40)}'`, 'resource_missing');
}
