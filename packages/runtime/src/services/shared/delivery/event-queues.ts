import type { MessageSender } from '../ports/queues.ts';

/** Queues as event delivery uses them: guarded by their policy, and in the same journal. */
export interface EventQueues extends MessageSender {
  /** Whether the queue's policy lets an AWS service send on behalf of `sourceArn`. @throws AwsError QueueDoesNotExist. */
  permits(queueArn: string, service: string, sourceArn: string): boolean;
  /** Sends as a part of the journal write that the caller has open. @throws AwsError; nothing is stored then. */
  enqueue(queueArn: string, body: string, attributes?: Readonly<Record<string, string>>): void;
}

/** A queue refused an event because its policy does not name the rule. */
export const EVENTS_SERVICE = 'events.amazonaws.com';
