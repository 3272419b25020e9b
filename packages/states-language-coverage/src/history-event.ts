/**
 * What coverage reads of an event of GetExecutionHistory. The SDK's `HistoryEvent` fits, and so does what any engine
 * answers.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_HistoryEvent.html
 */
export interface HistoryEvent {
  readonly id?: number | undefined;
  readonly previousEventId?: number | undefined;
  readonly type?: string | undefined;
  readonly stateEnteredEventDetails?: NamedDetails | undefined;
  readonly stateExitedEventDetails?: NamedDetails | undefined;
  readonly mapIterationStartedEventDetails?: NamedDetails | undefined;
  readonly mapIterationSucceededEventDetails?: NamedDetails | undefined;
  readonly mapIterationFailedEventDetails?: NamedDetails | undefined;
  readonly mapIterationAbortedEventDetails?: NamedDetails | undefined;
}

export interface NamedDetails {
  readonly name?: string | undefined;
}
