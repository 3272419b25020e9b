import { UserError } from '../user-error.ts';
import { EXIT_CODE } from './exit-code.ts';

/** What was asked for does not exist; nothing was done. */
export class NotFound extends UserError {
  override readonly name = 'NotFound';
  override readonly exitCode = EXIT_CODE.notSo;
}
