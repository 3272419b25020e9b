import { BatchGetCommand, DeleteCommand, PutCommand } from '@aws-sdk/lib-dynamodb';
import { ulid } from 'ulid';
import type { Deployment } from '../../cli/deployment.ts';
import { OrderReturned } from '../../events/order-returned.ts';

/** Where no sweeper looks: only the relay may take the mark away. */
const NO_SWEEPER = 'PENDING#PROBE';
/** One for each reader of the stream: of what a workflow begins with, and of all else. */
const DETAIL_TYPES = [OrderReturned.detailType, 'Probe.v1'];

/**
 * Rows that go through the outbox's stream behind all that was written before them. They come from no service of the
 * shop, so no rule wants their events. They carry the mark of an older writer, which the relay takes away when it has
 * published them: a reader keeps the order of its stream.
 */
export class StreamProbes implements AsyncDisposable {
  readonly #deployment: Deployment;
  readonly #tableName: string;
  readonly #keys: readonly { readonly eventId: string }[];

  static async send(deployment: Deployment): Promise<StreamProbes> {
    const keys = DETAIL_TYPES.map(() => ({ eventId: `${ulid()}.Probe` }));
    const probes = new StreamProbes(deployment, keys);
    const row = { source: 'test.probe', correlationId: 'probe', createdAt: new Date().toISOString() };
    for (const [index, key] of keys.entries()) {
      const detail = JSON.stringify({ ...key, correlationId: row.correlationId });
      const Item = { ...row, ...key, detailType: DETAIL_TYPES[index], detail, pendingShard: NO_SWEEPER };
      await deployment.dynamoDb.send(new PutCommand({ TableName: probes.#tableName, Item }));
    }
    return probes;
  }

  private constructor(deployment: Deployment, keys: readonly { readonly eventId: string }[]) {
    this.#deployment = deployment;
    this.#tableName = deployment.output('OutboxTableName');
    this.#keys = keys;
  }

  /** @returns one name for all that have not come through. */
  async underWay(): Promise<string[]> {
    const request = { RequestItems: { [this.#tableName]: { Keys: [...this.#keys], ConsistentRead: true } } };
    const { Responses = {} } = await this.#deployment.dynamoDb.send(new BatchGetCommand(request));
    const marked = (Responses[this.#tableName] ?? []).filter((row) => row['pendingShard'] !== undefined);
    return marked.length === 0 ? [] : [PROBES];
  }

  async [Symbol.asyncDispose](): Promise<void> {
    for (const Key of this.#keys) {
      await this.#deployment.dynamoDb.send(new DeleteCommand({ TableName: this.#tableName, Key }));
    }
  }
}

/** What is still under way, as its names tell it. */
export const PROBES = 'probes in the stream of the outbox';
