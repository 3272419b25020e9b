import * as z from 'zod';
import { EVENT_CATALOG } from './catalog.ts';

/**
 * JSON Schema (draft 2020-12) of every event, for the EventBridge schema registry and for
 * consumers in other languages. They are for readers: more fields are allowed, and to be passed on. Derived from the zod schemas; `npm run schemas` writes them to `events/schemas/`.
 * @returns file name (`OrderPlaced.v1.json`) to file content.
 */
export function eventJsonSchemas(): Map<string, string> {
  return new Map(
    EVENT_CATALOG.map(({ event, sample }) => {
      const schema = z.toJSONSchema(event.received, { io: 'input' });
      const document = {
        ...schema,
        title: event.detailType,
        description: `Detail of ${event.detailType} from ${event.source}.`,
        examples: [sample],
      };
      return [`${event.detailType}.json`, `${JSON.stringify(document, null, 2)}\n`];
    }),
  );
}
