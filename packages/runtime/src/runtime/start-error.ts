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

/** Something that the runtime does not run is a reason not to start; other errors pass unchanged. */
export function asStartError(error: unknown): unknown {
  const code = (error as { errcode?: number } | undefined)?.errcode;
  if (code !== undefined && DAMAGE.has(code & 0xff)) {
    const message = `The data folder is damaged (${(error as Error).message}): restore it, or start with --fresh.`;
    return new StartError('DATABASE_DAMAGED', message, { cause: error });
  }
  if (!(error instanceof UnsupportedFeature)) return error;
  return new StartError('UNSUPPORTED_RESOURCE', error.message, { cause: error });
}
