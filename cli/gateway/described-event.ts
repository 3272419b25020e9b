import { GetCommand } from '@aws-sdk/lib-dynamodb';
import * as z from 'zod';
import { EVENT_CATALOG } from '../../events/catalog.ts';
import type { Deployment } from '../deployment.ts';
import { UserError } from '../user-error.ts';
import { fieldsOf, type DescribedField } from './schema-fields.ts';

/** An event as the outbox keeps it, each field beside what its schema allows there. */
export interface DescribedEvent {
  readonly eventId: string;
  readonly detailType: string;
  readonly fields: readonly DescribedField[];
}

const Row = z.object({ detailType: z.string(), detail: z.string() });

/** @throws UserError when the outbox does not have it any more, or the catalog does not know its kind. */
export async function describedEvent(deployment: Deployment, eventId: string): Promise<DescribedEvent> {
  const { Item } = await deployment.dynamoDb.send(
    new GetCommand({ TableName: deployment.output('OutboxTableName'), Key: { eventId } }),
  );
  const row = Row.safeParse(Item).data;
  if (row === undefined) throw new UserError(`The outbox has no event ${eventId}: it keeps them for 30 days.`);
  return { eventId, ...describe(row.detailType, JSON.parse(row.detail)) };
}

/** What an event of this kind looks like, by its sample. @throws UserError for a kind that nobody publishes. */
export function describedSample(detailType: string): Omit<DescribedEvent, 'eventId'> {
  return describe(detailType, definitionOf(detailType).sample);
}

function describe(detailType: string, detail: unknown): Omit<DescribedEvent, 'eventId'> {
  return { detailType, fields: fieldsOf(definitionOf(detailType).event.published, detail) };
}

function definitionOf(detailType: string) {
  const found = EVENT_CATALOG.find(({ event }) => event.detailType === detailType);
  if (found === undefined) throw new UserError(`No event is called ${detailType}.`);
  return found;
}
