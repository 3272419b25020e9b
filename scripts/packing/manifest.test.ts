import { expect, test } from 'vitest';
import { entriesOf, publishedManifest, type Manifest } from './manifest.ts';

const manifest: Manifest = {
  name: '@order-workflow/clock',
  version: '1.0.0',
  exports: { '.': './src/index.ts', './services/*': './src/services/*/index.ts' },
  bin: { clock: 'src/main.ts' },
  files: ['dist'],
  scripts: { prepack: 'node prepack.ts' },
  dependencies: { '@order-workflow/time': '1.0.0' },
};

test('what is packed names emitted JavaScript with its types, and runs no scripts of the workspace', () => {
  expect(publishedManifest(manifest, [])).toEqual({
    name: '@order-workflow/clock',
    version: '1.0.0',
    exports: {
      '.': { types: './dist/index.d.ts', default: './dist/index.js' },
      './services/*': { types: './dist/services/*/index.d.ts', default: './dist/services/*/index.js' },
    },
    bin: { clock: 'dist/main.js' },
    files: ['dist'],
    dependencies: { '@order-workflow/time': '1.0.0' },
  });
});

test('a package of the workspace that it depends on goes along, because no registry has it', () => {
  expect(publishedManifest(manifest, ['@order-workflow/time'])).toMatchObject({
    bundleDependencies: ['@order-workflow/time'],
  });
});

test('a file outside src is refused by its name', () => {
  const astray: Manifest = { ...manifest, exports: { '.': './lib/index.ts' } };
  expect(() => publishedManifest(astray, [])).toThrow('./lib/index.ts: a package names source files as src/<file>.ts.');
});

test('faces and programs are what the compiler begins with', () => {
  expect(entriesOf(manifest)).toEqual(['./src/index.ts', 'src/main.ts']);
});
