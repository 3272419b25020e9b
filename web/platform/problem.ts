/** Why a call came to nothing, in words that a person can act on. */
export class Problem extends Error {
  override readonly name = 'Problem';
  /** Of HTTP; 0 when nothing answered. */
  readonly status: number;
  /** The API's stable name of it. */
  readonly code: string;
  readonly detail: string | undefined;
  /** Finds the request in the logs. */
  readonly requestId: string | undefined;
  readonly errors: readonly { readonly field: string; readonly message: string }[];
  /** Everything else that the answer said. */
  readonly facts: Readonly<Record<string, unknown>>;
  readonly retryAfterSeconds: number | undefined;

  constructor(status: number, document: ProblemDocument, retryAfter?: string | null) {
    super(document.title ?? fallbackTitle(status));
    this.status = status;
    this.code = document.code ?? codeOf(status);
    this.detail = document.detail;
    this.requestId = document.requestId;
    this.errors = document.errors ?? [];
    this.facts = { ...document };
    this.retryAfterSeconds = retryAfter ? Number(retryAfter) || undefined : undefined;
  }

  /** What the person can do about it. */
  get advice(): string {
    return ADVICE[this.code] ?? adviceOf(this.status);
  }
}

export interface ProblemDocument {
  readonly title?: string;
  readonly code?: string;
  readonly detail?: string;
  readonly requestId?: string;
  readonly errors?: readonly { readonly field: string; readonly message: string }[];
}

/** @returns the problem that a thrown value is, or stands for. */
export function problemOf(error: unknown): Problem {
  if (error instanceof Problem) return error;
  const detail = error instanceof Error ? error.message : String(error);
  // `fetch` gives a TypeError when nothing answers; anything else is a fault of the page.
  if (error instanceof TypeError && /fetch|network/i.test(detail)) return unreachable(detail);
  return new Problem(0, { title: 'The page itself has a fault', code: 'PAGE_FAULT', detail });
}

function unreachable(detail: string): Problem {
  return new Problem(0, { title: 'The shop does not answer', code: 'BACKEND_DOWN', detail });
}

const ADVICE: Readonly<Record<string, string>> = {
  BACKEND_DOWN: 'Is it running? The page tries again by itself.',
  STARTING: 'It is starting. The page tries again by itself.',
  PAGE_FAULT: 'Load the page again. If it comes back, please tell us what you did.',
  BASKET_CHANGED: 'Look at the basket again, then go on.',
  PRICE_CHANGED: 'Look at the new total, and order again if it is right for you.',
  ITEM_UNAVAILABLE: 'Remove it from the basket, then order again.',
  PRODUCT_EXISTS: 'Change it in the list, or choose another SKU.',
  VERSION_MISMATCH: 'It was changed meanwhile. Look at what it says now, then decide again.',
  EXPOSURE_MISMATCH: 'It was changed meanwhile. Look at the open amount, then decide again.',
  RETRY_IN_VAIN: 'Give the money back at the provider and say so below, or retry anyway.',
  NOT_SIGNED_IN: 'Sign in again.',
};

function adviceOf(status: number): string {
  if (status === 401) return 'Sign in again.';
  if (status === 403) return 'Sign in as somebody who may, such as an admin.';
  if (status === 404) return 'Check the address, or go back to the list.';
  if (status === 409 || status === 412) return 'It was changed meanwhile. Load it again, then decide.';
  if (status === 429) return 'Too many requests at once. Wait a moment, then try again.';
  if (status >= 500) return 'Try again in a moment.';
  return 'Correct what is named, then try again.';
}

function fallbackTitle(status: number): string {
  if (status === 401) return 'You are signed out';
  if (status === 403) return 'You are not allowed to see this';
  if (status === 404) return 'There is nothing at this address';
  if (status === 429) return 'The shop is busy';
  return status >= 500 ? 'Something went wrong on the shop’s side' : `The request was refused (${status})`;
}

function codeOf(status: number): string {
  return status === 401 ? 'NOT_SIGNED_IN' : `HTTP_${status}`;
}
