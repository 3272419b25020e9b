/** An answer that API Gateway gives itself, without or instead of the integration's: `{"message": …}`. */
export class GatewayError extends Error {
  override readonly name = 'GatewayError';
  readonly statusCode: number;
  readonly headers: Readonly<Record<string, string>>;
  /** For the access log only; never holds anything that the client sent. */
  readonly detail: string | undefined;

  constructor(
    statusCode: number,
    options: { message?: string; headers?: Readonly<Record<string, string>>; detail?: string } = {},
  ) {
    super(options.message ?? MESSAGES[statusCode] ?? 'Internal Server Error');
    this.statusCode = statusCode;
    this.headers = options.headers ?? {};
    this.detail = options.detail;
  }
}

const MESSAGES: Readonly<Record<number, string>> = {
  400: 'Bad Request',
  401: 'Unauthorized',
  403: 'Forbidden',
  404: 'Not Found',
  405: 'Method Not Allowed',
  408: 'Request Timeout',
  413: 'Request Entity Too Large',
  414: 'Request-URI Too Long',
  417: 'Expectation Failed',
  429: 'Too Many Requests',
  431: 'Request Header Fields Too Large',
  500: 'Internal Server Error',
  503: 'Service Unavailable',
};
