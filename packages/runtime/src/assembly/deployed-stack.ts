/** The one stack that the runtime runs, as CloudFormation would describe it. */
export interface DeployedStack {
  readonly stackName: string;
  readonly stackId: string;
  readonly startedAtMs: number;
  readonly outputs: Readonly<Record<string, string>>;
  readonly parameters: Readonly<Record<string, string>>;
  readonly resources: readonly DeployedResource[];
}

export interface DeployedResource {
  readonly logicalId: string;
  readonly physicalId: string;
  readonly type: string;
}
