import * as z from 'zod';
import { askAdmin } from '../../admin-routes.ts';
import type { Deployment } from '../../deployment.ts';

const Explanation = z.object({
  messageId: z.string(),
  sentAt: z.string().optional(),
  /** How often somebody received it, including whoever looked at it. */
  receives: z.number(),
  /** What it is: a kind of event, a record of a failed invocation. */
  subject: z.string(),
  orderId: z.string().optional(),
  reasons: z.array(z.string()),
});
export type Explanation = z.infer<typeof Explanation>;

const Queues = z.object({ queues: z.array(z.object({ name: z.string(), messages: z.array(Explanation) })) });

/** What waits in the dead-letter queues, by their name; at most `limit` messages of each. They stay there. */
export async function deadLetterMessages(deployment: Deployment, limit: number): Promise<Map<string, Explanation[]>> {
  const request = { route: 'GET /admin/dead-letters', query: { limit: String(limit) } } as const;
  const { queues } = (await askAdmin(deployment, request, Queues)) ?? { queues: [] };
  return new Map(queues.map(({ name, messages }) => [name, messages]));
}
