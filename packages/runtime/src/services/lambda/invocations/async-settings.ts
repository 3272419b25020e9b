/** How asynchronous invocations of a function are retried and what follows them (`AWS::Lambda::EventInvokeConfig`). */
export interface AsyncSettings {
  /** 0 to 2. */
  readonly maximumRetryAttempts: number;
  /** 60 to 21600. */
  readonly maximumEventAgeSeconds: number;
  readonly onSuccessArn?: string;
  readonly onFailureArn?: string;
}

export const DEFAULT_ASYNC_SETTINGS: AsyncSettings = { maximumRetryAttempts: 2, maximumEventAgeSeconds: 21_600 };
