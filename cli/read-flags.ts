import { parseArgs, type ParseArgsConfig } from 'node:util';
import { UserError } from './user-error.ts';

/** The flags of this command line. @throws UserError naming the flag that is unknown or has no value. */
export function readFlags<Config extends ParseArgsConfig>(
  config: Config,
): ReturnType<typeof parseArgs<Config>>['values'] {
  try {
    return parseArgs(config).values;
  } catch (error) {
    if (!(error instanceof TypeError)) throw error;
    throw new UserError(`${error.message.split('. ')[0]}. See --help.`, { cause: error });
  }
}
