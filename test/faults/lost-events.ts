import { AFTERMATH_EVENTS, PROVIDER_EVENTS } from '../../events/provider-events.ts';
import { TEST_TABLES } from '../testing/dynamodb.ts';
import type { TestTables } from './test-tables.ts';

/** Events of the provider that no webhook told, and that the jobs have not found yet. */
export class LostEvents {
  readonly #tables: TestTables;
  readonly #ids = new Set<string>();

  constructor(tables: TestTables) {
    this.#tables = tables;
  }

  get size(): number {
    return this.#ids.size;
  }

  /** @returns what the provider takes for a delivery. */
  lose(id: string, type: string): number {
    if (new Set<string>(AFTERMATH_EVENTS).has(type)) this.#ids.add(id);
    return 200;
  }

  /** @returns what the provider takes for a failure. Nothing of it is to be lost. */
  refuse(id: string, type: string): number {
    if (PROVIDER_EVENTS.includes(type)) this.#ids.add(id);
    return 503;
  }

  async forgetFound(): Promise<void> {
    for (const id of this.#ids) {
      const Key = { providerEventId: { S: id } };
      const { Item } = await this.#tables.call('GetItem', { TableName: TEST_TABLES.WEBHOOK_INBOX_TABLE, Key });
      const row = Item as { state?: { S?: string } } | undefined;
      if (row !== undefined && row.state?.S !== 'RECEIVED') this.#ids.delete(id);
    }
  }
}
