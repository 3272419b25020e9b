/** The face of the embedded runtime: run a synthesized CDK app on this machine. */
export { startRuntime, type RunningResource, type Runtime, type RuntimeOptions } from './runtime/runtime.ts';
export type { Reloaded } from './runtime/deployment.ts';
export { StartError, type StartFault } from './runtime/start-error.ts';
export type { DemoUser } from './services/cognito/index.ts';
export type { LoggedLine } from './services/logs/index.ts';
export type { ExecutionChange } from './services/stepfunctions/index.ts';
export type { ServiceEvent } from './services/shared/ports/events.ts';
// What would stop a start, to be found out before anything slow begins.
export { openDataFolder, type DataFolder } from './store/data-folder.ts';
// For copies of a data folder that is in use.
export { requireSoundLog } from './store/database-log.ts';
export { pinDatabases, type PinnedDatabases } from './store/pinned-databases.ts';
export { requireRoom, RESERVE_BYTES } from './store/disk-space.ts';
export { requireCallablePort } from './endpoint/blocked-ports.ts';
export { dynoxideBinary } from './services/dynamodb/index.ts';
export { readAssembly, type StackAssembly } from './assembly/cloud-assembly.ts';
export { SourceLocations } from './source-maps/source-locations.ts';
