/** What services share, for a test or a bench that runs one of them with parts of its own. */
export type { AwsJsonApi, JsonObject } from '../../endpoint/aws-api.ts';
export { Journal } from '../../store/journal.ts';
export { AwsError } from './aws-error.ts';
export { ArnTargetSender } from './delivery/target-sender.ts';
export type * from './ports/functions.ts';
export type * from './ports/queues.ts';
export type * from './ports/streams.ts';
