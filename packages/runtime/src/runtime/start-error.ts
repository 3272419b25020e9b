import { UnsupportedFeature } from '../assembly/resource-type.ts';

/** Why a start was refused; scripts tell the cases apart by it. */
export type StartFault =
  | 'ASSEMBLY_UNREADABLE'
  | 'TEMPLATE_INVALID'
  | 'UNSUPPORTED_RESOURCE'
  | 'DATA_FOLDER_UNWRITABLE'
  | 'DATA_FOLDER_IN_USE'
  | 'DISK_FULL'
  | 'DATABASE_DAMAGED'
  | 'PORT_IN_USE'
  | 'PORT_BLOCKED'
  | 'BINARY_MISSING'
  | 'MOCK_CONFIG_INVALID'
  | 'STORE_LOST'
  | 'STORE_FAILED';

/**
 * The runtime cannot start. The message is one line for the person at the terminal: what is wrong and what to do.
 * Terminal: starting again without a change gives the same error.
 */
export class StartError extends Error {
  override readonly name = 'StartError';
  readonly fault: StartFault;

  constructor(fault: StartFault, message: string, options?: ErrorOptions) {
    super(message, options);
    this.fault = fault;
  }
}

/** SQLITE_CORRUPT and SQLITE_NOTADB, the low byte of the extended codes (sqlite.org/rescode.html). */
const DAMAGE: ReadonlySet<number> = new Set([11, 26]);
/** SQLITE_IOERR: the disk fails, or somebody emptied the file under its reader. */
const UNREADABLE = 10;

/** Whether SQLite found that the file is no database, or not a whole one. */
export function isDamage(error: unknown): boolean {
  return DAMAGE.has(primaryCodeOf(error));
}

/** Why nothing can be read from the data folder any more; undefined for every other error. */
export function storeLossOf(error: unknown): StartError | undefined {
  if (isDamage(error)) return new StartError('DATABASE_DAMAGED', lossText('is damaged', error), { cause: error });
  if (primaryCodeOf(error) !== UNREADABLE) return undefined;
  return new StartError('STORE_LOST', lossText('cannot be read', error), { cause: error });
}

/** Something that the runtime does not run is a reason not to start; other errors pass unchanged. */
export function asStartError(error: unknown): unknown {
  const loss = storeLossOf(error);
  if (loss) return loss;
  if (!(error instanceof UnsupportedFeature)) return error;
  return new StartError('UNSUPPORTED_RESOURCE', error.message, { cause: error });
}

function primaryCodeOf(error: unknown): number {
  return ((error as { errcode?: number } | undefined)?.errcode ?? 0) & 0xff;
}

function lossText(what: string, error: unknown): string {
  return `The data folder ${what} (${(error as Error).message}): restore it, or start with --fresh.`;
}
