import type { orderSaga } from './order-saga.ts';

/** The states of `order-saga`, some of which `stop-order` is told as the step that failed. */
export type SagaState = keyof (typeof orderSaga)['States'];
