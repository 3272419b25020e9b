import { vi } from 'vitest';

/**
 * Runs before each test file of a worker that files share: our modules are loaded anew and read the environment as the
 * worker found it, so that no file sees what another one did. Only packages stay loaded, which is what costs time.
 */
const state = globalThis as { environmentOfWorker?: NodeJS.ProcessEnv };
const found = (state.environmentOfWorker ??= { ...process.env });
for (const name of Object.keys(process.env)) if (!(name in found)) delete process.env[name];
Object.assign(process.env, found);
vi.useRealTimers();
vi.restoreAllMocks();
vi.resetModules();
