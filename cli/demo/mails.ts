import { setTimeout as delay } from 'node:timers/promises';
import * as z from 'zod';

const Mails = z.object({ mails: z.array(z.object({ to: z.array(z.string()), subject: z.string() })) });

/** A mail that was sent, as the embedded runtime captured it. */
export type CapturedMail = z.infer<typeof Mails>['mails'][number];

const PAUSE_MS = 20;

/** The mails to the address about the order, oldest first. */
export async function readMails(endpointUrl: string, to: string, orderId: string): Promise<CapturedMail[]> {
  const response = await fetch(`${endpointUrl}/_runtime/mails?to=${encodeURIComponent(to)}`);
  const { mails } = Mails.parse(await response.json());
  return mails.filter(({ subject }) => subject.includes(orderId));
}

/** The mails about the order as soon as there are so many, or what there is when the time is up. */
export async function awaitMails(
  endpointUrl: string,
  { to, orderId, count, timeoutMs }: { to: string; orderId: string; count: number; timeoutMs: number },
): Promise<CapturedMail[]> {
  const deadlineMs = Date.now() + timeoutMs;
  for (;;) {
    const mails = await readMails(endpointUrl, to, orderId);
    if (mails.length >= count || Date.now() > deadlineMs) return mails;
    await delay(PAUSE_MS);
  }
}
