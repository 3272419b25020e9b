import * as z from 'zod';
import type { DynamoDBDocumentClient } from '@aws-sdk/lib-dynamodb';
import type { BasketTable } from '../basket/basket-table.ts';
import { timestampOf, type Clock } from '../platform/clock.ts';
import { isErrorNamed, TransactionConflict } from '../platform/errors.ts';
import { ProblemError } from '../platform/http/problem.ts';
import { transact } from '../platform/transaction.ts';
import type { CustomerAccounts } from './customer-account.ts';
import type { CustomerOrders } from './customer-orders.ts';
import { eraserOf, type Identifiers } from './erased-text.ts';
import type { ErasureRecord, ErasureRecords } from './erasure-record.ts';

const MAX_ROUNDS = 3;
/** So many orders are named of those that stand in the way. */
const MAX_NAMED = 20;

/** What a contact says of its person that may stand in a text. A city or a country alone tells nobody. */
const NamingContact = z.object({
  email: z.string().optional(),
  shippingAddress: z
    .object({ name: z.string().optional(), line1: z.string().optional(), line2: z.string().optional() })
    .optional(),
});

export interface CustomerErasureOptions {
  readonly documents: DynamoDBDocumentClient;
  readonly baskets: BasketTable;
  readonly orders: CustomerOrders;
  readonly accounts: CustomerAccounts;
  readonly records: ErasureRecords;
  readonly clock: Clock;
}

export interface ErasureRequest {
  /** The address of the account, or the id of the customer: that nobody else is meant. */
  readonly confirm: string;
  /** The subject of a token. */
  readonly requestedBy: string;
}

/**
 * Forgets a customer. What the books need stays, under an id that names nobody any more.
 *
 * E1  It begins in one transaction: the erasure is on record, and the basket is closed under the condition of the
 *     version that was read before the orders were. So no checkout can fall between, and no order is missed.
 * E2  Every step can be done again, and no step needs what an earlier one took away: texts are searched before the
 *     names to search for are deleted. The account goes last, and with it whatever is kept by its address.
 * E3  It is over when the record says so. Until then whoever asks again, or `resume-erasures`, goes on with it.
 */
export class CustomerErasure {
  readonly #options: CustomerErasureOptions;

  constructor(options: CustomerErasureOptions) {
    this.#options = options;
  }

  /**
   * Erases now; the record says who asked first.
   * @throws ProblemError CUSTOMER_NOT_FOUND, ERASURE_UNCONFIRMED, ORDERS_UNDER_WAY.
   * @throws TransactionConflict (transient) when the customer kept changing the basket.
   */
  async erase(customerId: string, request: ErasureRequest): Promise<ErasureRecord> {
    const known = await this.#options.records.find(customerId);
    return this.resume(known ?? (await this.#begin(customerId, request)));
  }

  /** Goes on with an erasure that was begun. */
  async resume(record: ErasureRecord): Promise<ErasureRecord> {
    if (record.state === 'ERASED') return record;
    const { accounts, baskets, orders, records, clock } = this.#options;
    const { customerId } = record;
    const orderIds = await this.#orderIds(customerId);
    const identifiers = await this.#identifiersOf(customerId, orderIds);
    await orders.eraseFromTexts(orderIds, eraserOf(identifiers));
    await orders.deleteContacts(orderIds);
    await baskets.empty(customerId);
    await accounts.remove(customerId);
    return records.finish(record, timestampOf(clock), orderIds.length);
  }

  async #begin(customerId: string, { confirm, requestedBy }: ErasureRequest): Promise<ErasureRecord> {
    const { documents, baskets, orders, records, clock } = this.#options;
    for (let round = 1; ; round += 1) {
      try {
        const basket = await baskets.read(customerId);
        const orderIds = await this.#orderIds(customerId);
        await this.#requireCustomer(customerId, { confirm, hasTraces: basket.version > 0 || orderIds.length > 0 });
        const underWay = await orders.underWay(orderIds);
        if (underWay.length > 0) throw ordersUnderWay(underWay);
        const record = { customerId, state: 'UNDER_WAY', requestedAt: timestampOf(clock), requestedBy } as const;
        await transact(documents, [records.beginning(record), baskets.closing(basket, clock.now())]);
        return record;
      } catch (error) {
        if (!isOvertaken(error)) throw error;
        const first = await records.find(customerId);
        if (first !== undefined) return first;
        if (round === MAX_ROUNDS) throw new TransactionConflict('The basket changed in each round', { cause: error });
      }
    }
  }

  async #requireCustomer(customerId: string, known: { confirm: string; hasTraces: boolean }): Promise<void> {
    const account = await this.#options.accounts.find(customerId);
    if (account === undefined && !known.hasTraces) throw new ProblemError('CUSTOMER_NOT_FOUND');
    const { email } = account?.attributes ?? {};
    const isMeant = known.confirm === customerId || known.confirm.toLowerCase() === email?.toLowerCase();
    if (!isMeant) throw new ProblemError('ERASURE_UNCONFIRMED');
  }

  async #orderIds(customerId: string): Promise<string[]> {
    const { baskets, orders } = this.#options;
    const lately = await baskets.checkoutsOf(customerId);
    return [...new Set([...lately, ...(await orders.idsOf(customerId))])];
  }

  async #identifiersOf(customerId: string, orderIds: readonly string[]): Promise<Identifiers> {
    const { accounts, orders } = this.#options;
    const [account, rows] = await Promise.all([accounts.find(customerId), orders.contactsOf(orderIds)]);
    const contacts = rows.map((row) => NamingContact.safeParse(row).data ?? {});
    const addressed = contacts.map(({ shippingAddress = {} }) => shippingAddress);
    const { username, attributes = {} } = account ?? {};
    const of = (names: readonly string[]) => names.map((name) => attributes[name]);
    return {
      names: known([...of(NAMES), ...addressed.map(({ name }) => name)]),
      addresses: known([
        username,
        ...of(ADDRESSES),
        ...contacts.map(({ email }) => email),
        ...addressed.flatMap(({ line1, line2 }) => [line1, line2]),
      ]),
    };
  }
}

/** The attributes of an account by which a person is called, and where they are found. */
const NAMES = ['name', 'given_name', 'middle_name', 'family_name', 'nickname', 'preferred_username'];
const ADDRESSES = ['email', 'phone_number', 'address'];

function known(texts: readonly (string | undefined)[]): string[] {
  return texts.filter((text) => text !== undefined);
}

/** Somebody else has begun, or the customer changed the basket. */
function isOvertaken(error: unknown): boolean {
  return isErrorNamed(error, 'ConditionsFailed') || (error instanceof ProblemError && error.code === 'ACCOUNT_ERASED');
}

function ordersUnderWay(orderIds: readonly string[]): ProblemError {
  return new ProblemError('ORDERS_UNDER_WAY', {
    detail: 'Ship, cancel or settle them first: their names and addresses are still needed',
    facts: { orderIds: orderIds.slice(0, MAX_NAMED), count: orderIds.length },
  });
}
