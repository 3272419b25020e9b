import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesize } from '../../../cli/synthesize.ts';

/** Works with the template of the code as it stands: in a folder of its own, so that no build meanwhile changes it. */
export async function withAssembly<Result>(work: (assemblyFolder: string) => Promise<Result>): Promise<Result> {
  const assemblyFolder = mkdtempSync(path.join(tmpdir(), 'shop-assembly-'));
  try {
    await synthesize({ assemblyFolder });
    return await work(assemblyFolder);
  } finally {
    rmSync(assemblyFolder, { recursive: true, force: true });
  }
}
