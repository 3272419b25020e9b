import { AwsError } from './aws-error.ts';

/** Tags that a caller gives. The prefix belongs to AWS, in any case of its letters; the words are not proven here. */
const RESERVED_PREFIX = 'aws:';

/**
 * The tags as given.
 * @throws AwsError ValidationException (or `code`) for a key that is kept for AWS.
 * @see https://docs.aws.amazon.com/tag-editor/latest/userguide/best-practices-and-strats.html
 */
export function callersTags(tags: Record<string, string>, code = 'ValidationException'): Record<string, string> {
  const isReserved = Object.keys(tags).some((key) => key.toLowerCase().startsWith(RESERVED_PREFIX));
  if (isReserved) throw new AwsError(code, 'aws: prefixed tag key names are not allowed for external use.');
  return tags;
}
