import { DisableRuleCommand, EnableRuleCommand, PutEventsCommand } from '@aws-sdk/client-eventbridge';
import { SendMessageCommand } from '@aws-sdk/client-sqs';
import { describe, expect, test } from 'vitest';
import { BasketCheckedOut } from '../../events/basket-checked-out.ts';
import { canonicalJson } from '../../events/canonical-json.ts';
import { hasEnded } from '../follow-order.ts';
import { aCheckout, type OrdersUnderTest } from './orders-under-test.ts';

export function describeReplay(shop: OrdersUnderTest): void {
  describe('orders replay', () => {
    const minutesAgo = (minutes: number) => new Date(Date.now() - minutes * 60_000);

    /** As if it had been on the bus `minutes` ago. */
    async function publishInThePast(checkout: BasketCheckedOut, minutes: number): Promise<void> {
      const entry = {
        EventBusName: shop.system.deployment.output('EventBusName'),
        Source: BasketCheckedOut.source,
        DetailType: BasketCheckedOut.detailType,
        Detail: canonicalJson(checkout),
        Time: minutesAgo(minutes),
      };
      const { FailedEntryCount } = await shop.system.deployment.events.send(new PutEventsCommand({ Entries: [entry] }));
      expect(FailedEntryCount).toBe(0);
    }

    /** The event gets into the archive and nowhere else. */
    async function publishUnheard(checkout: BasketCheckedOut, minutes: number): Promise<void> {
      const [, EventBusName, Name] = shop.system.deployment.output('CheckoutRuleArn').split('/');
      await shop.system.deployment.events.send(new DisableRuleCommand({ Name, EventBusName }));
      await publishInThePast(checkout, minutes);
      await shop.system.deployment.events.send(new EnableRuleCommand({ Name, EventBusName }));
    }

    test.each([
      ['a window younger than ten minutes', ['--from', '1h', '--to', '9m'], 'at least ten minutes ago'],
      ['a window that ends before it begins', ['--from', '1h', '--to', '2h'], '--from must be before --to'],
      ['a window wider than a day', ['--from', '3d', '--to', '1d'], '--wide'],
      ['half a window', ['--from', '1h'], 'both --from and --to'],
      ['no window at all', [], '--from and --to, or --order'],
    ])('refuses %s', async (_what, args, reason) => {
      const { code, stderr } = await shop.orders('replay', ...args);
      expect(code).toBe(1);
      expect(stderr).toContain(reason);
    });

    test('starts the orders of the window that were never started, and skips the others', async () => {
      const known = aCheckout(0, minutesAgo(30));
      await publishInThePast(known, 30);
      await shop.follow(known.orderId, hasEnded);
      const lost = aCheckout(0, minutesAgo(25));
      await publishUnheard(lost, 25);

      const window = ['--from', '40m', '--to', '20m'];
      const plan = await shop.json<{ alreadyStarted: string[]; dryRun: boolean }>('replay', ...window, '--dry-run');
      expect(plan).toMatchObject({ dryRun: true, alreadyStarted: [known.orderId] });
      expect((await shop.orders('trace', lost.orderId)).code).toBe(2);

      const { code, stdout } = await shop.orders('replay', ...window);
      expect(code).toBe(0);
      expect(stdout).toContain(`started  1: ${lost.orderId}`);
      expect(stdout).toContain('skipped  1 that had started before');
      expect((await shop.follow(lost.orderId, hasEnded)).order?.status).toBe('CONFIRMED');
    });

    test('--order says honestly that an order that has its execution is skipped', async () => {
      const { code, stdout } = await shop.orders('replay', '--order', shop.confirmed);
      expect(code).toBe(0);
      expect(stdout).toContain('skipped: its execution exists (SUCCEEDED)');
    });

    test('--order of an order that nobody stored is "no"', async () => {
      expect((await shop.orders('replay', '--order', '01K2Z5N8W0CHECK0VTSAMPRE01')).code).toBe(2);
    });
  });
}

export function describeDlq(shop: OrdersUnderTest): void {
  describe('orders dlq', () => {
    const sendTo = (output: string, body: string) =>
      shop.system.deployment.sqs.send(
        new SendMessageCommand({ QueueUrl: shop.system.deployment.output(output), MessageBody: body }),
      );
    const envelopeOf = (detail: object) =>
      JSON.stringify({ source: BasketCheckedOut.source, 'detail-type': BasketCheckedOut.detailType, detail });

    test('an empty queue moves nothing, which is no error', async () => {
      expect(await shop.json('dlq', 'redrive', 'checkout-dead-letter')).toEqual({
        queue: 'checkout-dead-letter',
        moved: 0,
      });
    });

    test('explains a message by the schema of its event', async () => {
      const checkout = aCheckout(0);
      await sendTo('CheckoutDeadLetterQueueUrl', envelopeOf({ ...checkout, totalMinor: 1 }));
      const { stdout } = await shop.orders('dlq', 'explain', 'checkout-dead-letter');
      expect(stdout).toContain(`BasketCheckedOut.v1 from shop.basket  order ${checkout.orderId}`);
      expect(stdout).toContain('invalid totalMinor: expected the sum of quantity x unit price of all lines');
      const queues = await shop.json<{ name: string; messages: number }[]>('dlq', 'list');
      expect(queues.find(({ name }) => name === 'checkout-dead-letter')?.messages).toBe(1);
    });

    test('redrives messages to where they were on their way', async () => {
      const unworked = aCheckout(0);
      const undelivered = aCheckout(0);
      await sendTo('CheckoutDeadLetterQueueUrl', envelopeOf(unworked));
      await sendTo('CheckoutUndeliveredQueueUrl', envelopeOf(undelivered));
      expect(await shop.json('dlq', 'redrive', 'checkout-undelivered')).toMatchObject({ moved: 1 });
      const { moved } = await shop.json<{ moved: number }>('dlq', 'redrive', '--all');
      expect(moved).toBe(2); // with the invalid one of the test before
      expect((await shop.follow(unworked.orderId, hasEnded)).order?.status).toBe('CONFIRMED');
      expect((await shop.follow(undelivered.orderId, hasEnded)).order?.status).toBe('CONFIRMED');
    });

    test('says what helps where messages are no work', async () => {
      const { code, stderr } = await shop.orders('dlq', 'redrive', 'relay-failures');
      expect(code).toBe(1);
      expect(stderr).toContain('orders republish');
      expect((await shop.orders('dlq', 'redrive', 'nonsense')).stderr).toContain('expected checkout-dead-letter');
    });
  });
}
