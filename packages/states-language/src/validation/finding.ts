/**
 * One thing wrong with a definition, as ValidateStateMachineDefinition reports it.
 * @see https://docs.aws.amazon.com/step-functions/latest/apireference/API_ValidateStateMachineDefinitionDiagnostic.html
 */
export interface Finding {
  readonly code: string;
  readonly message: string;
  /** Where, e.g. `/States/Charge card/Next`; absent when it is the definition as a whole. */
  readonly location?: string;
}
