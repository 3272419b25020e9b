// npm run checkout -- --file my-order.json: sends one's own BasketCheckedOut event and follows its order.
import { readFileSync } from 'node:fs';
import * as z from 'zod';
import { BasketCheckedOut } from '../events/basket-checked-out.ts';
import { completedCheckout } from './completed-checkout.ts';
import { Deployment } from './deployment.ts';
import { addressFlags, addressOf } from './address-flags.ts';
import { followOrder, hasEnded, waitsForSomeone } from './follow-order.ts';
import { publishCheckout } from './publish-checkout.ts';
import { formatTrace } from './trace/format-trace.ts';
import { readOrderTrace } from './trace/order-trace.ts';
import { readFlags } from './read-flags.ts';
import { runCommand, UserError } from './user-error.ts';

const USAGE = `Publish a BasketCheckedOut event and follow its order.

  npm run checkout -- --file my-order.json
  npm run checkout -- --file - < my-order.json

  --file FILE          detail of the event as JSON; - reads standard input. You can leave out what a checkout adds
                       itself: eventId, schemaVersion, orderId, basketId, correlationId, placedAt, totalMinor.
  --timeout SECONDS    how long to follow the order (default 60)
  --endpoint-url URL   address of the system (default AWS_ENDPOINT_URL, else http://localhost:4566)
  --aws                use AWS, with the profile and region of your environment
  --stack NAME         name of the stack (default order-workflow-dev)
  --help

The smallest order:
  {"customerId":"alice","currency":"EUR","lines":[{"sku":"CUP-WHITE","quantity":2,"unitPriceMinor":850}],"paymentMethodId":"pm_card_visa"}
`;

await runCommand(async () => {
  const values = readFlags({
    options: {
      ...addressFlags,
      file: { type: 'string' },
      timeout: { type: 'string', default: '60' },
      help: { type: 'boolean', default: false },
    },
  });
  if (values.help || values.file === undefined) {
    console.log(USAGE);
    if (!values.help) process.exitCode = 1;
    return;
  }
  const checkout = readCheckout(values.file);
  const deployment = await Deployment.find(addressOf(values));
  try {
    await publishCheckout(deployment, checkout);
    console.log(`published ${BasketCheckedOut.detailType} for order ${checkout.orderId}`);
    const progress = await followOrder(deployment, checkout.orderId, {
      until: (known) => hasEnded(known) || waitsForSomeone(known),
      timeoutMs: Number(values.timeout) * 1000,
      onChange: ({ order }) => order && console.log(`  ${order.status}`),
    });
    const trace = await readOrderTrace(deployment, checkout.orderId);
    for (const line of trace === undefined ? ['not created yet'] : formatTrace(trace)) console.log(line);
    if (!hasEnded(progress)) process.exitCode = 2;
  } finally {
    deployment.close();
  }
});

function readCheckout(file: string): BasketCheckedOut {
  const given = z.looseObject({}).safeParse(readJson(file));
  if (!given.success) throw new UserError(`${file}: expected a JSON object. See --help.`);
  const parsed = BasketCheckedOut.published.safeParse(completedCheckout(given.data));
  if (!parsed.success) throw new UserError(`${file}: ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

function readJson(file: string): unknown {
  try {
    return JSON.parse(readFileSync(file === '-' ? 0 : file, 'utf8'));
  } catch (error) {
    throw new UserError(`${file}: ${(error as Error).message}`, { cause: error });
  }
}
