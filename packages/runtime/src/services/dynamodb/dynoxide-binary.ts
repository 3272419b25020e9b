import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { StartError } from '../../runtime/start-error.ts';

/**
 * Path of the DynamoDB server that npm installed for this platform.
 * @throws StartError when npm has none for it.
 */
export function dynoxideBinary(platform: string = process.platform, arch: string = process.arch): string {
  const packageName = `@dynoxide/${platform}-${arch}`;
  try {
    const manifest = createRequire(import.meta.url).resolve(`${packageName}/package.json`);
    return join(dirname(manifest), platform === 'win32' ? 'dynoxide.exe' : 'dynoxide');
  } catch (cause) {
    const message = `The DynamoDB binary ${packageName} is not installed; run \`npm ci\` on a supported platform.`;
    throw new StartError('BINARY_MISSING', message, { cause });
  }
}
