import type * as z from 'zod';
import type { Deployment } from './deployment.ts';
import { signIn } from './sign-in.ts';
import { UserError } from './user-error.ts';

export interface ShopRequest {
  readonly method: 'GET' | 'POST' | 'PUT' | 'DELETE';
  /** With its query. */
  readonly path: `/${string}`;
  readonly headers?: Readonly<Record<string, string>>;
  /** Sent as JSON. */
  readonly body?: unknown;
}

export interface ShopAnswer {
  readonly status: number;
  readonly headers: Headers;
  /** Parsed; undefined when there is none. */
  readonly body: unknown;
}

/** The shop's HTTP API, called in one user's name or in nobody's. */
export class ShopClient {
  readonly #apiUrl: string;
  readonly #accessToken: string | undefined;

  /** @throws UserError when the user pool does not know the user by this password. */
  static async signedIn(deployment: Deployment, username: string, password: string): Promise<ShopClient> {
    const { accessToken } = await signIn(deployment, username, password);
    return new ShopClient(deployment.output('HttpApiUrl'), accessToken);
  }

  constructor(apiUrl: string, accessToken?: string) {
    this.#apiUrl = apiUrl.replace(/\/$/, '');
    this.#accessToken = accessToken;
  }

  async send({ method, path, headers, body }: ShopRequest): Promise<ShopAnswer> {
    const response = await fetch(this.#apiUrl + path, {
      method,
      headers: {
        ...(this.#accessToken !== undefined && { authorization: `Bearer ${this.#accessToken}` }),
        ...(body !== undefined && { 'content-type': 'application/json' }),
        ...headers,
      },
      ...(body !== undefined && { body: JSON.stringify(body) }),
    });
    const text = await response.text();
    return { status: response.status, headers: response.headers, body: text === '' ? undefined : JSON.parse(text) };
  }

  /** The body of an answer that must be a success. @throws UserError with the problem that came instead. */
  async call<Schema extends z.ZodType>(request: ShopRequest, schema: Schema): Promise<z.infer<Schema>> {
    const { status, body } = await this.send(request);
    if (status < 200 || status > 299) {
      throw new UserError(`${request.method} ${request.path} was refused: ${status} ${JSON.stringify(body)}`);
    }
    return schema.parse(body);
  }
}
