import { globSync, readFileSync } from 'node:fs';
import path from 'node:path';
import { expect, test } from 'vitest';
import { findEntries } from '../scripts/function-entries.ts';

/**
 * Services know each other in one direction. Where two need each other, the lower one states a port, and an entry, or
 * the `deployed-*` file that it shares with others, puts the other's part there.
 */

const entries = new Set([...(await findEntries('functions')).values()].map((file) => path.basename(file)));

/** Service → the services that its own knowledge, not its wiring, imports; each with one file that does. */
const roads = new Map<string, Map<string, string>>();
for (const file of globSync('functions/*/**/*.ts')) {
  const [, service = ''] = file.split(path.sep);
  if (isWiring(file)) continue;
  for (const other of servicesImportedBy(file)) if (other !== service) roadsFrom(service).set(other, file);
}

function isWiring(file: string): boolean {
  const name = path.basename(file);
  return entries.has(name) || name.startsWith('deployed-') || /\.test\.ts$|[\\/]testing[\\/]/u.test(file);
}

function servicesImportedBy(file: string): string[] {
  const imports = readFileSync(file, 'utf8').matchAll(/^(?:import|export|\}) .*from '(?<to>\.[^']+)'/gmu);
  const files = [...imports].map(({ groups }) => path.join(path.dirname(file), groups!['to']!).split(path.sep));
  return files
    .filter(([root, , inside]) => root === 'functions' && inside !== undefined)
    .map(([, service]) => service!);
}

function roadsFrom(service: string): Map<string, string> {
  const known = roads.get(service) ?? new Map<string, string>();
  roads.set(service, known);
  return known;
}

/** Files along which `from` reaches `to`. */
function wayBetween(from: string, to: string, seen = new Set([from])): string[] | undefined {
  for (const [next, file] of roads.get(from) ?? []) {
    if (next === to) return [file];
    if (seen.has(next)) continue;
    const rest = wayBetween(next, to, seen.add(next));
    if (rest !== undefined) return [file, ...rest];
  }
  return undefined;
}

test.each([...roads.keys()])('no service that %s imports imports it back', (service) => {
  expect(wayBetween(service, service), 'a way back to itself, over these files').toBeUndefined();
});

test('orders and payments know nothing of each other', () => {
  expect(wayBetween('orders', 'payments')).toBeUndefined();
  expect(wayBetween('payments', 'orders')).toBeUndefined();
});

test('roads are found at all', () => {
  expect(wayBetween('parking', 'inventory')).toBeDefined();
});
