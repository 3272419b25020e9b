import { DynamoDbError, TransactionConflicts } from '@order-workflow/runtime/services/dynamodb';
import { AwsError, type AwsJsonApi, type JsonObject } from '@order-workflow/runtime/services/shared';
import type { CallMode, Injector } from './faults.ts';
import { currentInvocation, outsideFunctions } from './function-host.ts';
import { keyNamesOf } from '../testing/dynamodb.ts';
import type { DynamoDbAnswer } from '../testing/dynamodb-wire.ts';
import type { TestTables } from './test-tables.ts';
import type { TableName } from '../../infra/table-schemas.ts';
import type { VirtualTime } from './virtual-time.ts';

/** What a client of the AWS SDK hands to its transport, as far as it is used here. */
interface WireRequest {
  readonly headers: Readonly<Record<string, string>>;
  readonly body: Uint8Array | string;
}

interface WireAnswer {
  readonly statusCode: number;
  readonly headers: Record<string, string>;
  readonly body: Uint8Array;
}

const SERVICES: Readonly<Record<string, string>> = {
  DynamoDB_20120810: 'DynamoDB',
  AWSStepFunctions: 'StepFunctions',
  AWSEvents: 'EventBridge',
  secretsmanager: 'SecretsManager',
};

const LONG_MS = 60_000;
/** A little more than any client's own limit for one request. */
const REQUEST_TIMEOUT_MS = 3_000;
/** Longer than any function lives. */
const LATE_MS = 20_000;

/**
 * The place of the network between the functions and AWS: every call of every client comes through here, and goes
 * wrong here when it is to.
 */
export class AwsCalls {
  readonly #time: VirtualTime;
  readonly #tables: TestTables;
  readonly #longTrouble = new Map<string, { readonly mode: CallMode; readonly untilMs: number }>();
  readonly #conflictWindowMs: number;
  #services: readonly AwsJsonApi[] = [];
  #conflicts: TransactionConflicts;
  injector: Injector;

  /** @param options.conflictWindowMs how long a transaction holds its rows; 0: none conflicts. */
  constructor(options: { time: VirtualTime; tables: TestTables; injector: Injector; conflictWindowMs: number }) {
    this.#time = options.time;
    this.#tables = options.tables;
    this.injector = options.injector;
    this.#conflictWindowMs = options.conflictWindowMs;
    this.#conflicts = this.#noConflicts();
  }

  /** The services of the present world. */
  connect(services: readonly AwsJsonApi[]): void {
    this.#services = services;
    this.#longTrouble.clear();
    this.#conflicts = this.#noConflicts();
  }

  /** Stands in for `handle` of the SDK's HTTP transport. */
  async handle(request: WireRequest): Promise<{ readonly response: WireAnswer }> {
    const invocation = currentInvocation();
    if (invocation?.isDead) return never();
    const [prefix = '', operation = ''] = (request.headers['x-amz-target'] ?? '').split('.');
    const body = typeof request.body === 'string' ? request.body : new TextDecoder().decode(request.body);
    const input = JSON.parse(body) as JsonObject;
    const service = SERVICES[prefix] ?? prefix;
    const place = `${invocation?.functionName ?? 'outside'}/${service}.${operation}${tablesOf(input)}`;
    const execute = (): Promise<WireAnswer> => outsideFunctions(() => this.#execute(prefix, operation, input, body));
    const isFirstAttempt = request.headers['amz-sdk-request']?.startsWith('attempt=1') ?? true;
    const mode = this.#modeAt(place, isFirstAttempt);
    if (mode === undefined) return { response: await execute() };
    return { response: await this.#misbehave(mode, operation, input, execute) };
  }

  #modeAt(place: string, isFirstAttempt: boolean): CallMode | undefined {
    const fresh = isFirstAttempt ? (this.injector.pass('call', place) as CallMode | undefined) : undefined;
    if (fresh?.endsWith('ForLong')) {
      this.#longTrouble.set(place, { mode: fresh, untilMs: this.#time.nowMs() + LONG_MS });
    }
    if (fresh !== undefined) return fresh;
    const trouble = this.#longTrouble.get(place);
    return trouble !== undefined && this.#time.nowMs() < trouble.untilMs ? trouble.mode : undefined;
  }

  async #misbehave(
    mode: CallMode,
    operation: string,
    input: JsonObject,
    execute: () => Promise<WireAnswer>,
  ): Promise<WireAnswer> {
    const invocation = currentInvocation();
    switch (mode) {
      case 'refused':
      case 'refusedForLong':
        throw networkError('connect ECONNREFUSED', 'ECONNREFUSED');
      case 'answerLost':
      case 'answerLostForLong':
        await execute();
        throw networkError('socket hang up', 'ECONNRESET');
      case 'timeoutWithoutEffect':
        await this.#sleep(REQUEST_TIMEOUT_MS);
        throw Object.assign(new Error('Injected'), { name: 'TimeoutError' });
      case 'timeoutWithEffect':
        await execute();
        await this.#sleep(REQUEST_TIMEOUT_MS);
        throw Object.assign(new Error('Injected'), { name: 'TimeoutError' });
      case 'throttledForLong':
        return errorAnswer(400, 'ThrottlingException');
      case 'serverErrorForLong':
        return errorAnswer(500, 'InternalServerError');
      case 'permanentError':
        return errorAnswer(400, 'AccessDeniedException');
      case 'conflict':
      case 'conflictForLong':
        return conflictAnswer(operation, input);
      case 'duplicated': {
        const answer = await execute();
        await execute();
        return answer;
      }
      case 'malformedAnswer':
        await execute();
        return answerOf(200, '{"Item": {');
      case 'oversizedAnswer': {
        const { statusCode, body } = await execute();
        const padded = { ...(JSON.parse(Buffer.from(body).toString()) as object), padding: 'x'.repeat(2_000_000) };
        return answerOf(statusCode, JSON.stringify(padded));
      }
      case 'crashBefore':
        invocation?.die('Runtime.ExitError');
        return never();
      case 'crashAfter':
        await execute();
        invocation?.die('Runtime.ExitError');
        return never();
      case 'lateEffect':
        this.#time.at(this.#time.nowMs() + LATE_MS, () => void execute());
        invocation?.die('Runtime.ExitError');
        return never();
    }
  }

  async #execute(prefix: string, operation: string, input: JsonObject, body: string): Promise<WireAnswer> {
    if (prefix === 'DynamoDB_20120810') return this.#askStore(operation, input, body);
    try {
      const run = this.#services.find(({ targetPrefix }) => targetPrefix === prefix)?.operations[operation];
      if (run === undefined) throw new AwsError('UnknownOperationException', `${prefix}.${operation}`);
      const result = await run(input, { requestId: 'request-1', signal: new AbortController().signal });
      return answerOf(200, JSON.stringify(result));
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      return errorAnswer(error.statusCode, error.code, error.message);
    }
  }

  async #askStore(operation: string, input: JsonObject, body: string): Promise<WireAnswer> {
    const ask = (): Promise<DynamoDbAnswer> => this.#tables.send(operation, body, input);
    try {
      const { statusCode, text } = await (this.#conflictWindowMs > 0
        ? this.#conflicts.guard(operation, input, ask)
        : ask());
      return answerOf(statusCode, text);
    } catch (error) {
      if (!(error instanceof DynamoDbError)) throw error;
      return answerOf(error.statusCode, JSON.stringify(error.answer));
    }
  }

  /** A store in which no transaction is under way. */
  #noConflicts(): TransactionConflicts {
    return new TransactionConflicts({
      windowMs: this.#conflictWindowMs,
      clock: this.#time,
      keyNamesOf: (tableName) => Promise.resolve(keyNamesOf(tableName as TableName)),
    });
  }

  #sleep(durationMs: number): Promise<void> {
    return new Promise((resolve) => this.#time.at(this.#time.nowMs() + durationMs, resolve));
  }
}

function answerOf(statusCode: number, text: string): WireAnswer {
  return { statusCode, headers: { 'content-type': 'application/x-amz-json-1.0' }, body: Buffer.from(text) };
}

function errorAnswer(statusCode: number, code: string, message = 'Injected'): WireAnswer {
  return answerOf(statusCode, JSON.stringify({ __type: code, message }));
}

function conflictAnswer(operation: string, input: JsonObject): WireAnswer {
  if (!operation.startsWith('Transact')) return errorAnswer(400, 'TransactionConflictException');
  const items = input['TransactItems'] as unknown[];
  const CancellationReasons = items.map((_, index) => ({ Code: index === 0 ? 'TransactionConflict' : 'None' }));
  const error = { __type: 'TransactionCanceledException', message: 'Injected', CancellationReasons };
  return answerOf(400, JSON.stringify(error));
}

function networkError(message: string, code: string): Error {
  return Object.assign(new Error(message), { code });
}

/** `(Orders,Outbox)` for a DynamoDB call, nothing for others. */
function tablesOf(input: JsonObject): string {
  const items = (input['TransactItems'] ?? []) as Record<string, { TableName: string }>[];
  const inTransaction = items.flatMap((item) => Object.values(item).map(({ TableName }) => TableName));
  const inBatch = Object.keys((input['RequestItems'] ?? {}) as object);
  const single = typeof input['TableName'] === 'string' ? [input['TableName']] : [];
  const tables = [...new Set([...single, ...inTransaction, ...inBatch])];
  return tables.length === 0 ? '' : `(${tables.join(',')})`;
}

export function never<Value>(): Promise<Value> {
  return new Promise<Value>(() => undefined);
}
