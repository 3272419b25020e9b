/** What a package.json of packages/ says that matters for packing. */
export interface Manifest {
  readonly name: string;
  readonly version: string;
  /** Source files, by the path that is imported: `./src/index.ts`. */
  readonly exports: Readonly<Record<string, string>>;
  /** Source files, by the program's name: `src/main.ts`. */
  readonly bin?: Readonly<Record<string, string>>;
  readonly files: readonly string[];
  readonly scripts?: Readonly<Record<string, string>>;
  readonly dependencies?: Readonly<Record<string, string>>;
}

/** Where the emitted JavaScript lies in a packed package, in place of `src`. */
export const EMITTED_FOLDER = 'dist';

/** The source files that others name: what must be emitted with all that they import. */
export function entriesOf({ exports, bin = {} }: Manifest): string[] {
  // A face for each of several folders (`./src/services/*/index.ts`) is emitted with the other sources.
  return [...Object.values(exports), ...Object.values(bin)].filter((source) => !source.includes('*'));
}

/**
 * The manifest as it is packed: it names JavaScript and types, because Node strips no types below `node_modules`.
 * @param bundled workspaces that go into the tarball: no registry has them under these names.
 */
export function publishedManifest(manifest: Manifest, bundled: readonly string[]): object {
  const { exports, bin, scripts: _, ...rest } = manifest;
  return {
    ...rest,
    ...(bin && { bin: mapValues(bin, emitted) }),
    exports: mapValues(exports, (source) => ({
      types: emitted(source, 'd.ts'),
      default: emitted(source),
    })),
    ...(bundled.length > 0 && { bundleDependencies: bundled }),
  };
}

function emitted(source: string, extension = 'js'): string {
  const match = /^(\.\/)?src\/(.+)\.ts$/.exec(source);
  if (!match) throw new Error(`${source}: a package names source files as src/<file>.ts.`);
  return `${match[1] ?? ''}${EMITTED_FOLDER}/${match[2]}.${extension}`;
}

function mapValues<T>(record: Readonly<Record<string, string>>, change: (value: string) => T): Record<string, T> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, change(value)]));
}
