import { readFile } from 'node:fs/promises';
import { isBuiltin } from 'node:module';
import path from 'node:path';
import type { Plugin } from 'esbuild';

/** How bundles for Lambda differ from what esbuild makes by itself: they load less when a function starts. */

/**
 * Takes Node's own modules from `process.getBuiltinModule`. An `import` of one reads its every export, and some are
 * getters that load what hardly anyone asks for: importing `node:http` loads the whole of `fetch` (20 ms and 1.5 MB of
 * heap), `node:fs` its streams, `node:process` standard input and the table of Node's options. It also spares packages
 * that only exist as CommonJS the `require` that an ES module does not have.
 */
export const builtinsUnread: Plugin = {
  name: 'builtins-unread',
  setup(build) {
    build.onResolve({ filter: /^(?:node:)?[a-z_\d/]+$/ }, ({ path: name, kind }) => {
      if (!isBuiltin(name)) return undefined;
      const namespace = kind === 'dynamic-import' ? 'builtin-late' : 'builtin';
      return { path: name.replace(/^(?:node:)?/u, 'node:'), namespace };
    });
    build.onLoad({ filter: /.*/, namespace: 'builtin' }, ({ path: name }) => ({
      contents: `module.exports = ${builtin(name)};`,
    }));
    // A chunk of its own, which must spell its exports.
    build.onLoad({ filter: /.*/, namespace: 'builtin-late' }, ({ path: name }) => ({
      contents: `const builtin = ${builtin(name)};\nexport default builtin;\nexport const { ${plainExports(name)} } = builtin;`,
    }));
  },
};

function builtin(name: string): string {
  return `process.getBuiltinModule(${JSON.stringify(name)})`;
}

/** Those that are no getters. */
function plainExports(name: string): string {
  const descriptors = Object.getOwnPropertyDescriptors(process.getBuiltinModule(name) as object);
  const plain = Object.entries(descriptors).filter(([, descriptor]) => descriptor.enumerable && 'value' in descriptor);
  return plain.map(([key]) => key).join(', ');
}

/** Modules of the SDK, by the end of their path, and what stands in for them. */
const SDK_STAND_INS: Readonly<Record<string, string>> = {
  // Two look-ups of files that Lambda has not, and a module of Node (4 ms) to look them up with.
  'config/shared-ini-file-loader/readFile.js': `
    export const filePromises = {};
    export const fileIntercept = {};
    export const readFile = () => Promise.reject(new Error('A function is configured by its environment alone.'));`,
  // A checksum that no call of ours has, from a module of Node (2 ms); this one brings its own.
  'checksum/crc32/Crc32Node.js': "export { Crc32Js as Crc32Node } from './Crc32Js';",
};

/**
 * Leaves the SDK what it needs on Lambda. Of seven ways to find credentials that is the environment, where Lambda puts
 * a function's; the others (profiles, SSO, web identity, containers) are a tenth of the asset, because they bring
 * clients of their own. Files in `~/.aws` are not read either: a developer's would change what the functions do.
 * @see https://docs.aws.amazon.com/lambda/latest/dg/configuration-envvars.html
 */
export const sdkForLambda: Plugin = {
  name: 'sdk-for-lambda',
  setup(build) {
    build.onResolve({ filter: /^@aws-sdk\/credential-provider-node$/ }, ({ path: name, resolveDir }) => ({
      // No absolute path: it would go into the names of the chunks, and each checkout would build another asset.
      path: name,
      namespace: 'credentials',
      pluginData: resolveDir,
    }));
    build.onLoad({ filter: /.*/, namespace: 'credentials' }, ({ pluginData }) => ({
      contents: "export { fromEnv as defaultProvider } from '@aws-sdk/credential-provider-env';",
      resolveDir: pluginData as string,
    }));
    build.onLoad({ filter: /[\\/]@smithy[\\/]core[\\/].*(?:readFile|Crc32Node)\.js$/ }, ({ path: file }) => {
      const replaced = Object.keys(SDK_STAND_INS).find((end) => file.replaceAll('\\', '/').endsWith(end));
      if (replaced === undefined) return undefined;
      return { contents: SDK_STAND_INS[replaced] ?? '', resolveDir: path.dirname(file) };
    });
  },
};

/**
 * Gives each function its own copy of our sources, in the entry's file; only packages are shared. Otherwise every set
 * of functions that share a source makes a chunk, a dozen of a few hundred bytes for a function, and opening a file
 * costs more than reading a copy.
 */
export const sourcesUnshared: Plugin = {
  name: 'sources-unshared',
  setup(build) {
    build.onResolve({ filter: /^\.{1,2}\/.*\.ts$/ }, ({ kind, path: name, importer, resolveDir, pluginData }) => {
      if (kind === 'entry-point') return undefined;
      const entry = (pluginData as string | undefined) ?? path.basename(importer, '.ts');
      return { path: path.resolve(resolveDir, name), suffix: `?${entry}`, pluginData: entry };
    });
    build.onLoad({ filter: /\.ts$/ }, async ({ path: file, suffix, pluginData }) => {
      if (suffix === '') return undefined; // an entry
      return {
        contents: await readFile(file),
        loader: 'ts',
        resolveDir: path.dirname(file),
        pluginData: pluginData as string,
      };
    });
  },
};
