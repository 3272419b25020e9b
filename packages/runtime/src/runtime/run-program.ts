import { once } from 'node:events';

/** A program that serves until it is told to stop. */
export interface Program<Options> {
  readonly usage: string;
  /** @returns undefined when the usage is asked for. @throws TypeError ERR_PARSE_ARGS_… on a wrong flag. */
  readonly readOptions: () => Options | undefined;
  /** Starts to serve, and says where. @returns what ends it. */
  readonly start: (options: Options) => Promise<() => Promise<void>>;
}

/** Runs a program until SIGINT or SIGTERM. @returns the exit code of the process. */
export async function runProgram<Options>({ usage, readOptions, start }: Program<Options>): Promise<number> {
  try {
    const options = readOptions();
    if (!options) {
      console.log(usage);
      return 0;
    }
    const stopRequested = Promise.race([once(process, 'SIGINT'), once(process, 'SIGTERM')]);
    const stop = await start(options);
    await stopRequested;
    await stop();
    return 0;
  } catch (error) {
    if (!(error instanceof Error)) throw error;
    // A StartError and a wrong flag are the user's to mend: one line. The rest is ours: all of it.
    const isForUser = error.name === 'StartError' || String(Object(error).code).startsWith('ERR_');
    console.error(isForUser ? `error: ${error.message}` : error);
    return 1;
  }
}
