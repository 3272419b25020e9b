/** The one stack that the runtime runs, as CloudFormation would describe it. */
export interface DeployedStack {
  readonly stackName: string;
  readonly stackId: string;
  readonly startedAtMs: number;
  readonly outputs: Readonly<Record<string, string>>;
  /** Names under which outputs are exported, by output. */
  readonly exports: Readonly<Record<string, string>>;
  /** The template as JSON text. */
  readonly templateBody: string;
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: readonly DeployedResource[];
}

export interface DeployedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}
