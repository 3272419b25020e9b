import { build } from 'esbuild';

/** The code of ours that is left of a function when what it does not use is dropped; packages stay imports. */
export async function liveCodeOf(source: string): Promise<string> {
  const { outputFiles } = await build({
    entryPoints: [source],
    bundle: true,
    write: false,
    packages: 'external',
    format: 'esm',
    platform: 'node',
  });
  return outputFiles[0]!.text;
}

/** What the first group of `pattern` matches in `code`, once each. */
export function namesIn(code: string, pattern: RegExp): string[] {
  return [...new Set([...code.matchAll(pattern)].map(([, name]) => name!))];
}
