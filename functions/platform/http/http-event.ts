/** The parts of an HTTP API event (payload format 2.0) that we rely on. */
export interface HttpEvent {
  readonly version: string;
  /** The route that API Gateway chose: `PUT /basket/items/{sku}`. */
  readonly routeKey: string;
  readonly rawPath: string;
  readonly rawQueryString: string;
  /** Names are in lower case. */
  readonly headers: Readonly<Record<string, string | undefined>>;
  /** Decoded; the values of a repeated name are joined with commas. */
  readonly queryStringParameters?: Readonly<Record<string, string | undefined>>;
  /** Decoded. */
  readonly pathParameters?: Readonly<Record<string, string | undefined>>;
  readonly body?: string;
  readonly isBase64Encoded: boolean;
  readonly requestContext: {
    readonly requestId: string;
    readonly domainName: string;
    readonly http: { readonly method: string; readonly path: string };
    /** Present only behind an authorizer that let the request through; claims are text. */
    readonly authorizer?: { readonly jwt?: { readonly claims: Readonly<Record<string, unknown>> } };
  };
}

/** The header's value; undefined also when it is empty. */
export function headerOf({ headers }: Pick<HttpEvent, 'headers'>, name: string): string | undefined {
  return headers[name] === '' ? undefined : headers[name];
}
