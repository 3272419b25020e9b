import type { Books } from './books.ts';
import type { OrderRow } from './snapshot-rows.ts';
import { isSettled, isSold } from './statuses.ts';

/** What an order's own account says that the provider may hold for it. */

/** What of a sold order's money is rightly gone: others took it, or it went back for what came back (M12). */
export function goneMinor(books: Books, orderId: string): number {
  return books.takenByOthersMinor(orderId) + books.paidForReturn(orderId).paidMinor;
}

/** What the provider may hold for an order by the order's own account. */
export function explainedBy(books: Books, { orderId, status, totalMinor }: OrderRow) {
  if (isSold(status)) {
    const keptMinor = totalMinor - goneMinor(books, orderId);
    return { leastMinor: keptMinor, mostMinor: keptMinor };
  }
  if (isSettled(status)) {
    const nets = explainedNets(books, orderId);
    return { leastMinor: Math.min(...nets), mostMinor: Math.max(...nets) };
  }
  // Each parked step of an order lists the whole exposure of the order.
  const parkings = books.openParkingsOf(orderId);
  const listedMostMinor = Math.max(0, ...parkings.map((row) => row.exposureMinor));
  const disputedMinor = shownDisputedMinor(books, orderId);
  // A bank that takes what was given back before leaves us with less than nothing.
  const leftMinor = listedMostMinor - disputedMinor;
  const isCertain = parkings.every((row) => row.exposureCertain);
  // What is uncertain may have been given back already, all of it.
  return { leastMinor: isCertain ? leftMinor : -disputedMinor, mostMinor: Math.max(0, leftMinor) };
}

/** What the bank took of the money that parkings list: an operator knows of it from the parking of the dispute. */
function shownDisputedMinor(books: Books, orderId: string): number {
  const isShown = books.openParkingsOf(orderId).some(({ reason }) => reason === 'PAYMENT_DISPUTED');
  return isShown ? books.moneyOf(orderId).disputedMinor : 0;
}

/** What an order that has ended owes its customer, because a refund came to nothing after it. */
function listedMinor(books: Books, orderId: string): number {
  return books.openParkingsOf(orderId).find(({ step }) => step === 'Failed refund')?.exposureMinor ?? 0;
}

/**
 * What the provider may hold for a cancelled order: what it owes, and less what a bank took of it, which M10 has shown.
 * Where the bank took it first it was not ours to give back, so that nothing is missing.
 */
export function explainedNets(books: Books, orderId: string): readonly number[] {
  const owedMinor = listedMinor(books, orderId);
  return [owedMinor, owedMinor - books.moneyOf(orderId).disputedMinor];
}
