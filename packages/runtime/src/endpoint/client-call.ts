import { randomUUID } from 'node:crypto';
import type { AwsCall } from './aws-api.ts';

/** One request as its operation sees it. The signal is made only when somebody asks for it: most calls never wait. */
export class ClientCall implements AwsCall {
  readonly requestId: string = randomUUID();
  #controller: AbortController | undefined;

  get signal(): AbortSignal {
    this.#controller ??= new AbortController();
    return this.#controller.signal;
  }

  /** The client went away. */
  abort(): void {
    this.#controller?.abort();
  }
}
