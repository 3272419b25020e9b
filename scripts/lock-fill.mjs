// Completes package-lock.json with the optional platform packages that the registry at hand does not carry.
// npm leaves such packages out of the lock and then `npm ci` refuses it ("Missing: … from lock file").
// Run after every `npm install` or `npm update` that changed a dependency: node scripts/lock-fill.mjs
//
// An added entry has no integrity: only the registry could tell it. lock-file.test.ts lists those entries. When the
// registry has come to carry one, delete it from the lock, run `npm install --package-lock-only`, then this.
import { readFileSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

const lockPath = fileURLToPath(new URL('../package-lock.json', import.meta.url));
const lock = JSON.parse(readFileSync(lockPath, 'utf8'));

/** npm looks a dependency up in the node_modules of each folder from its owner's outwards. */
function isLocked(name, ownerPath) {
  const folders = ownerPath.split('/').filter((folder) => folder !== '');
  return Array.from({ length: folders.length + 1 }, (_, depth) => folders.slice(0, depth)).some(
    (path) => lock.packages[[...path, 'node_modules', name].join('/')],
  );
}

const OS = [
  'darwin',
  'linux',
  'win32',
  'windows',
  'android',
  'freebsd',
  'netbsd',
  'openbsd',
  'openharmony',
  'sunos',
  'aix',
];
const CPU = ['x64', 'arm64', 'arm', 'ia32', 'ppc64', 's390x', 'riscv64', 'loong64', 'mips64el', 'wasm32'];

function platformOf(name) {
  const words = name.split(/[/-]/);
  const os = words.find((word) => OS.includes(word));
  const cpu = words.find((word) => CPU.includes(word));
  const libc = words.includes('musl') ? ['musl'] : words.includes('gnu') && os === 'linux' ? ['glibc'] : undefined;
  return { ...(cpu && { cpu: [cpu] }), ...(os && { os: [os === 'windows' ? 'win32' : os] }), ...(libc && { libc }) };
}

let added = 0;
for (const [ownerPath, owner] of Object.entries(lock.packages)) {
  for (const [name, range] of Object.entries(owner.optionalDependencies ?? {})) {
    if (isLocked(name, ownerPath)) continue;
    lock.packages[`node_modules/${name}`] = {
      version: range.replace(/^[~^]/, ''),
      ...platformOf(name),
      ...(owner.dev && { dev: true }),
      optional: true,
    };
    added += 1;
  }
}

const sorted = Object.fromEntries(Object.entries(lock.packages).sort(([a], [b]) => (a < b ? -1 : 1)));
writeFileSync(lockPath, `${JSON.stringify({ ...lock, packages: sorted }, null, 2)}\n`);
console.log(`package-lock.json: ${added} missing platform packages added.`);
