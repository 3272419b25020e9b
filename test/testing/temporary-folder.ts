import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';

/** What the tests of a run leave in the system's temporary folder goes with the run: they have one of their own. */
export default function temporaryFolder(): () => void {
  const folder = mkdtempSync(join(tmpdir(), 'order-workflow-tests-'));
  // Read by `os.tmpdir()` in the workers, which inherit it.
  process.env['TMPDIR'] = folder;
  return () => rmSync(folder, { recursive: true, force: true });
}
