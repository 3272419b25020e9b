import { callAs } from '../../platform/session.ts';

/** What the page reads of `GET /admin/orders/{orderId}/trace`: the command line shows the same. */
export interface OrderTrace {
  readonly orderId: string;
  /** Undefined until the saga has written the order. */
  readonly order?: {
    readonly status: string;
    readonly reason?: string;
    readonly customerId: string;
    readonly currency: string;
    readonly totalMinor: number;
    readonly placedAt: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number; readonly unitPriceMinor: number }[];
  };
  readonly journey: readonly {
    readonly version: number;
    readonly status: string;
    readonly at: string;
    readonly reason?: string;
    readonly actor?: string;
  }[];
  readonly workflows: readonly Workflow[];
  readonly parked: readonly Parking[];
  readonly payment?: Payment;
  readonly provider?: ProviderFigures;
  readonly providerError?: string;
  readonly reservation?: {
    readonly state: string;
    readonly lines: readonly { readonly sku: string; readonly quantity: number }[];
  };
  readonly stock: readonly {
    readonly sku: string;
    readonly available: number;
    readonly onHold: number;
    readonly shipped: number;
  }[];
  readonly events: readonly {
    readonly eventId: string;
    readonly detailType: string;
    readonly createdAt: string;
    readonly delivery: 'STREAM' | 'WAITING' | 'PUBLISHED' | 'SET_ASIDE';
    readonly publishedAt?: string;
    readonly delayMs?: number;
  }[];
  readonly mails: readonly {
    readonly eventId: string;
    readonly kind: string;
    readonly state: string;
    readonly sentAt?: string;
  }[];
  readonly books: Books;
}

export interface Books {
  readonly verdict: 'AGREE' | 'OPEN' | 'BY_HAND' | 'DISAGREE';
  readonly text: string;
  readonly takenMinor: number;
  readonly returnedMinor: number;
  readonly keptMinor: number;
  readonly heldUnits: number;
  readonly shippedUnits: number;
  readonly faults: readonly string[];
}

export interface Payment {
  readonly state: string;
  readonly amountMinor: number;
  readonly currency: string;
  readonly paymentIntentId?: string;
  readonly declineCode?: string;
  readonly refundId?: string;
  readonly refundedMinor?: number;
  readonly hold?: string;
}

export interface ProviderFigures {
  readonly outcome: string;
  readonly receivedMinor: number;
  readonly refunds: readonly { readonly refundId: string; readonly amountMinor: number; readonly standing: string }[];
  readonly disputes: readonly { readonly disputeId: string; readonly amountMinor: number; readonly standing: string }[];
}

export interface Parking {
  readonly step: string;
  readonly reason: string;
  readonly since: string;
  readonly errorName: string;
  readonly isOpen: boolean;
  readonly nextAction: string;
}

export interface Workflow {
  /** `order-saga` or `order-cancellation`. */
  readonly name: string;
  readonly executionArn: string;
  readonly status: string;
  readonly startedAt?: string;
  readonly stoppedAt?: string;
  readonly error?: string;
  readonly cause?: string;
  readonly redrives?: number;
  readonly steps: readonly Step[];
  readonly graph: Graph;
}

export interface Step {
  readonly name: string;
  readonly state: 'running' | 'waiting' | 'retrying' | 'done' | 'failed';
  /** The step of the order that this one undoes. */
  readonly undoes?: string;
  readonly cameFrom?: string;
  readonly enteredAt: string;
  readonly exitedAt?: string;
  readonly attempts: readonly Attempt[];
  readonly nextTry?: { readonly attempt: number; readonly earliestAt: string; readonly latestAt: string };
  /** JSON text. */
  readonly input?: string;
  readonly output?: string;
}

export interface Attempt {
  readonly scheduledAt: string;
  readonly submittedAt?: string;
  readonly endedAt?: string;
  readonly error?: string;
  readonly cause?: string;
}

export interface Graph {
  readonly startAt: string;
  readonly states: readonly GraphState[];
  readonly transitions: readonly Transition[];
}

export interface GraphState {
  readonly name: string;
  readonly type: string;
  readonly comment?: string;
  /** The Parallel state in whose branch it stands. */
  readonly parent?: string;
}

export interface Transition {
  readonly from: string;
  readonly to: string;
  readonly kind: 'next' | 'choice' | 'catch' | 'branch';
  readonly errors?: readonly string[];
}

/** @throws Problem */
export async function readTrace(orderId: string): Promise<OrderTrace> {
  return (await callAs<OrderTrace>('operator', `/admin/orders/${encodeURIComponent(orderId)}/trace`)).body;
}
