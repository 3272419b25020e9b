import { isDamage } from '../runtime/start-error.ts';
import { AwsError } from '../services/shared/aws-error.ts';

/**
 * The journal cannot be written any more: what was acknowledged is on disk, what waited for its COMMIT is not.
 * A client reads it as 503 and tries again; the process is to end, because its memory is ahead of its disk.
 */
export class JournalLost extends AwsError {
  constructor(path: string, cause: unknown) {
    const reason = (cause as Error).message;
    const remedy = isDamage(cause) ? 'Restore it, or start with --fresh.' : 'Make room, and start again.';
    super(
      'ServiceUnavailable',
      `The journal ${path} cannot be written (${reason}): what was accepted is kept. ${remedy}`,
      503,
    );
    this.cause = cause;
  }
}
