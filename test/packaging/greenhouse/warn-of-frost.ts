import { EventBridgeClient, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import type { SQSEvent } from 'aws-lambda';

const events = new EventBridgeClient();

/** Announces every reading; the rule picks the cold ones. */
export async function handler({ Records }: SQSEvent): Promise<void> {
  const Entries = Records.map(({ body }) => ({
    EventBusName: process.env['BUS'],
    Source: 'greenhouse',
    DetailType: 'Reading',
    Detail: body,
  }));
  const { FailedEntryCount } = await events.send(new PutEventsCommand({ Entries }));
  if (FailedEntryCount) throw new Error(`${FailedEntryCount} readings were not announced`);
}
