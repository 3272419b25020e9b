import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eventBridge } from '../platform/event-bridge-client.ts';
import { EventPublisher } from './event-publisher.ts';
import { OutboxSweeper, type SweepResult } from './outbox-sweeper.ts';
import { OutboxTable } from './outbox-table.ts';

const sweeper = new OutboxSweeper({
  publisher: new EventPublisher({ eventBridge, busName: envVar('EVENT_BUS_NAME') }),
  table: new OutboxTable({ documents: documentClient, tableName: envVar('OUTBOX_TABLE'), clock: systemClock }),
  clock: systemClock,
});

/** Publishes what the relay left behind: the stream forgets after 24 hours, the table does not. */
export function handler(): Promise<SweepResult> {
  return sweeper.sweep();
}
