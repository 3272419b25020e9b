import { systemClock } from '../platform/clock.ts';
import { documentClient } from '../platform/document-client.ts';
import { envVar } from '../platform/env-var.ts';
import { eventBridge } from '../platform/event-bridge-client.ts';
import { EventPublisher } from './event-publisher.ts';
import { republishPage, RepublishRequest, type RepublishPage } from './outbox-republisher.ts';
import { OutboxSweeper, type SweepResult } from './outbox-sweeper.ts';
import { OutboxTable } from './outbox-table.ts';

export type { RepublishPage };

const table = new OutboxTable({ documents: documentClient, tableName: envVar('OUTBOX_TABLE'), clock: systemClock });
const publisher = new EventPublisher({ eventBridge, busName: envVar('EVENT_BUS_NAME') });
const sweeper = new OutboxSweeper({ publisher, table, clock: systemClock });

/**
 * Publishes what waits in the outbox, every minute and when an operator asks. With `republishSince` it marks a page of
 * rows instead, which the next sweeps publish.
 */
export function handler(event: RepublishRequest): Promise<RepublishPage>;
export function handler(event?: object): Promise<SweepResult>;
export async function handler(event: object = {}): Promise<SweepResult | RepublishPage> {
  return 'republishSince' in event ? republishPage(RepublishRequest.parse(event), table) : sweeper.sweep();
}
