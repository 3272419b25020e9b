import { PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { BasketCheckedOut } from '../events/basket-checked-out.ts';
import { canonicalJson } from '../events/canonical-json.ts';
import type { Deployment } from './deployment.ts';
import { UserError } from './user-error.ts';

/** Puts the event on the bus as any producer would. @throws UserError when the bus does not take it. */
export async function publishCheckout(deployment: Deployment, checkout: BasketCheckedOut): Promise<void> {
  const answer = await deployment.events.send(
    new PutEventsCommand({
      Entries: [
        {
          EventBusName: deployment.output('EventBusName'),
          Source: BasketCheckedOut.source,
          DetailType: BasketCheckedOut.detailType,
          Detail: canonicalJson(checkout),
        },
      ],
    }),
  );
  const [entry] = answer.Entries ?? [];
  // PutEvents succeeds as a call even when it refuses an entry.
  if (answer.FailedEntryCount)
    throw new UserError(`The bus refused the event: ${entry?.ErrorCode} ${entry?.ErrorMessage}`);
}
