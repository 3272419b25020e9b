import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UserError } from './user-error.ts';

/** This command line. @throws UserError naming the flag that is unknown or has no value. */
export function readCommandLine<Config extends ParseArgsConfig>(config: Config): ReturnType<typeof parseArgs<Config>> {
  try {
    return parseArgs(config);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError(`${error.message.split('. ')[0]}. See --help.`, { cause: error });
  }
}

/** The flags of a command that takes nothing else. @throws UserError naming what is wrong. */
export function readFlags<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>>['values'] {
  return readCommandLine(config).values;
}
