import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import path from 'node:path';
import { synthesize } from '../../../cli/synthesize.ts';

/** Where campaigns that are played one after another find the template that was made once for all of them. */
const SHARED = 'CAMPAIGNS_ASSEMBLY';

/** Works with the template of the code as it stands: in a folder of its own, so that no build meanwhile changes it. */
export async function withAssembly<Result>(work: (assemblyFolder: string) => Promise<Result>): Promise<Result> {
  const shared = process.env[SHARED];
  if (shared !== undefined) return work(shared);
  const assemblyFolder = mkdtempSync(path.join(tmpdir(), 'shop-assembly-'));
  try {
    await synthesize({ assemblyFolder });
    return await work(assemblyFolder);
  } finally {
    rmSync(assemblyFolder, { recursive: true, force: true });
  }
}

/** As withAssembly; what runs in processes that are begun meanwhile works with the same template. */
export async function withSharedAssembly<Result>(work: () => Promise<Result>): Promise<Result> {
  return withAssembly((assemblyFolder) => {
    process.env[SHARED] = assemblyFolder;
    return work();
  });
}
