/** A published version of a workflow, and what needs it. */
export interface MachineVersion {
  readonly arn: string;
  readonly number: number;
  readonly createdAt: Date;
  /** Percent of the new executions that it gets. */
  readonly weight: number;
  /** Executions that run on it. */
  readonly running: number;
  /** Executions that broke on it so lately that they can be redriven. */
  readonly redrivable: number;
  /** ARNs of the versions of functions that its definition calls. */
  readonly calls: readonly string[];
}

/** A published version of a function. */
export interface FunctionVersion {
  readonly arn: string;
  readonly functionName: string;
  readonly number: number;
  /** Names of the aliases that lead to it. */
  readonly aliases: readonly string[];
}

export interface Census {
  readonly machines: readonly { readonly name: string; readonly versions: readonly MachineVersion[] }[];
  readonly functions: readonly FunctionVersion[];
  /** What executions call that run on no version: somebody started them by the workflow itself. */
  readonly calledWithoutVersion: readonly string[];
}

/** Why a version must stay; undefined: nothing needs it any more. */
export type Reason = 'live' | 'running' | 'redrivable' | 'newest' | 'to go back to' | 'called';

export interface Judged<Version> {
  readonly version: Version;
  readonly stays: Reason | undefined;
}

export interface Judgement {
  readonly machines: readonly { readonly name: string; readonly versions: readonly Judged<MachineVersion>[] }[];
  readonly functions: readonly Judged<FunctionVersion>[];
}

/**
 * Says of each version whether anything can still need it.
 *
 * VR1  A workflow's version stays while it gets new executions, while one runs on it, and while a broken one can be
 *      redriven: all three go on with its definition.
 * VR2  The newest version stays, and as many before the live one as somebody may want to go back to.
 * VR3  A function's version stays while an alias leads to it, and while a workflow's version that stays calls it.
 *
 * @param keep how many versions before the live one stay.
 */
export function judge({ machines, functions, calledWithoutVersion }: Census, keep: number): Judgement {
  const judged = machines.map(({ name, versions }) => ({ name, versions: judgeMachine(versions, keep) }));
  const staying = judged.flatMap(({ versions }) => versions.filter(({ stays }) => stays !== undefined));
  const called = new Set([...staying.flatMap(({ version }) => version.calls), ...calledWithoutVersion]);
  const newest = new Map<string, number>();
  for (const { functionName, number } of functions) {
    newest.set(functionName, Math.max(number, newest.get(functionName) ?? 0));
  }
  const reasonOf = ({ arn, functionName, number, aliases }: FunctionVersion): Reason | undefined => {
    if (aliases.length > 0) return 'live';
    if (called.has(arn)) return 'called';
    return newest.get(functionName) === number ? 'newest' : undefined;
  };
  return { machines: judged, functions: functions.map((version) => ({ version, stays: reasonOf(version) })) };
}

function judgeMachine(versions: readonly MachineVersion[], keep: number): Judged<MachineVersion>[] {
  const newestFirst = versions.toSorted((a, b) => b.number - a.number);
  const lowestLive = Math.min(...newestFirst.filter(({ weight }) => weight > 0).map(({ number }) => number));
  const before = newestFirst.filter(({ number }) => number < lowestLive).slice(0, keep);
  return newestFirst.map((version, index) => {
    const reasons: [Reason, boolean][] = [
      ['live', version.weight > 0],
      ['running', version.running > 0],
      ['redrivable', version.redrivable > 0],
      ['newest', index === 0],
      ['to go back to', before.includes(version)],
    ];
    return { version, stays: reasons.find(([, holds]) => holds)?.[0] };
  });
}
