/** Something that the user of a command can mend. Shown as one line, without a stack; the command ends non-zero. */
export class UserError extends Error {
  override readonly name: string = 'UserError';
  /** Of the process. */
  readonly exitCode: number = 1;
}

/** Runs a command's main function; turns a UserError into its one line and exit code 1. */
export async function runCommand(main: () => Promise<void>): Promise<void> {
  try {
    await main();
  } catch (error) {
    process.exitCode = error instanceof UserError ? error.exitCode : 1;
    if (!(error instanceof Error)) throw error;
    // StartError comes from the embedded runtime, which cannot import this class.
    const isForUser = error instanceof UserError || error.name === 'StartError';
    console.error(isForUser ? `error: ${error.message}` : error);
  }
}
