import { globSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve, sep } from 'node:path';
import { expect, test } from 'vitest';

const SOURCES = join(import.meta.dirname, '..');
/** Rooms that are no services. */
const NO_SERVICES = ['shared', 'testing'];
const IMPORT = /\bfrom '(\.[^']+)'/g;

const files = globSync('**/*.ts', { cwd: SOURCES })
  .map((file) => file.replaceAll(sep, '/'))
  .filter((file) => !file.endsWith('.test.ts') && !file.includes('/testing/') && !file.startsWith('conformance/'));
const services = globSync('services/*/', { cwd: SOURCES })
  .map((folder) => folder.split(sep)[1] ?? '')
  .filter((folder) => !NO_SERVICES.includes(folder));
const textOf = (file: string): string => readFileSync(join(SOURCES, file), 'utf8');

/** The service that a file belongs to. */
function serviceOf(file: string): string | undefined {
  const [room, service = ''] = file.split('/');
  return room === 'services' && services.includes(service) ? service : undefined;
}

function importsOf(file: string): string[] {
  const specifiers = Array.from(textOf(file).matchAll(IMPORT), ([, specifier = '']) => specifier);
  return specifiers.map((specifier) =>
    relative(SOURCES, resolve(SOURCES, dirname(file), specifier)).replaceAll(sep, '/'),
  );
}

test('every service is in the list', () => {
  const listed = new Set(importsOf('services/service-list.ts').map(serviceOf));
  const missing = services.filter((service) => !listed.has(service));
  expect(missing.map((service) => `services/${service} is missing: open services/service-list.ts`)).toEqual([]);
});

test('what is outside a service imports its index.ts only', () => {
  const wrong = files.flatMap((file) =>
    importsOf(file)
      .filter((imported) => serviceOf(imported) !== undefined && serviceOf(imported) !== serviceOf(file))
      .filter((imported) => imported !== `services/${serviceOf(imported)}/index.ts`)
      .map((imported) => `${file} imports ${imported}: import services/${serviceOf(imported)}/index.ts`),
  );
  expect(wrong).toEqual([]);
});

test('a service imports no other service: it names the port that it needs', () => {
  const wrong = files
    .filter((file) => serviceOf(file) !== undefined)
    .flatMap((file) =>
      importsOf(file)
        .filter((imported) => serviceOf(imported) !== undefined && serviceOf(imported) !== serviceOf(file))
        .map((imported) => `${file} imports ${imported}: take a port of services/shared/ports in its context`),
    );
  expect(wrong).toEqual([]);
});

test('no CloudFormation type is brought up by two', () => {
  const types = files.flatMap((file) =>
    Array.from(textOf(file).matchAll(/^ +'(AWS::\w+::\w+)':/gm), ([, type]) => type),
  );
  expect(types.filter((type, index) => types.indexOf(type) !== index)).toEqual([]);
  expect(types.length).toBeGreaterThan(40);
});
