import { copyFileSync, existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { emitPackage } from './emit-package.ts';
import { EMITTED_FOLDER, publishedManifest, type Manifest } from './manifest.ts';
import { readManifest, WORKSPACE_FOLDER, workspaceDependencies } from './workspace.ts';

/**
 * A folder of packages/ while npm packs it. A workspace runs from its TypeScript sources, and Node strips no types
 * below `node_modules`: so what is packed is emitted JavaScript with types, and a manifest that names them.
 *
 * P1  The folder's own manifest is kept until `restore` puts it back, byte for byte.
 * P2  `restore` may be called at any time: a pack that was killed leaves nothing that the next one does not mend.
 */
export class PackedFolder {
  readonly #path: string;
  readonly #manifestFile: string;
  readonly #keptManifestFile: string;

  constructor(path: string) {
    this.#path = path;
    this.#manifestFile = join(path, 'package.json');
    this.#keptManifestFile = join(path, '.package.json.kept');
  }

  /** Adds what is packed. @throws Error with what the compiler says; the folder is then as it was. */
  prepare(): void {
    this.restore();
    const manifest = readManifest(this.#path);
    const bundled = workspaceDependencies(manifest);
    emitPackage(this.#path, { manifest, target: this.#path });
    for (const [name, source] of bundled) this.#bundle(source, join(this.#path, 'node_modules', name));
    copyFileSync(join(WORKSPACE_FOLDER, 'LICENSE'), join(this.#path, 'LICENSE'));
    copyFileSync(this.#manifestFile, this.#keptManifestFile);
    writeManifest(this.#path, publishedManifest(manifest, [...bundled.keys()]));
  }

  restore(): void {
    if (existsSync(this.#keptManifestFile)) renameSync(this.#keptManifestFile, this.#manifestFile);
    const bundled = [...workspaceDependencies(readManifest(this.#path)).keys()];
    const added = [...bundled.map((name) => join('node_modules', name)), EMITTED_FOLDER, 'LICENSE'];
    for (const each of added) rmSync(join(this.#path, each), { recursive: true, force: true });
    removeWithoutFiles(join(this.#path, 'node_modules'));
  }

  #bundle(source: string, target: string): void {
    new PackedFolder(source).restore();
    const manifest: Manifest = readManifest(source);
    mkdirSync(target, { recursive: true });
    emitPackage(source, { manifest, target });
    copyFileSync(join(source, 'README.md'), join(target, 'README.md'));
    copyFileSync(join(WORKSPACE_FOLDER, 'LICENSE'), join(target, 'LICENSE'));
    writeManifest(target, publishedManifest(manifest, []));
  }
}

/** Other packages may lie there, too: where npm could not put them into the workspace's own folder. */
function removeWithoutFiles(folder: string): void {
  if (!existsSync(folder)) return;
  const entries = readdirSync(folder, { recursive: true, withFileTypes: true });
  if (entries.every((entry) => entry.isDirectory())) rmSync(folder, { recursive: true });
}

function writeManifest(folder: string, manifest: object): void {
  writeFileSync(join(folder, 'package.json'), `${JSON.stringify(manifest, null, 2)}\n`);
}
