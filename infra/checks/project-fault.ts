/** The project's folders contradict each other. Each fault is one line that names the file to open. */
export class ProjectFault extends Error {
  override readonly name = 'ProjectFault';
  readonly faults: readonly string[];

  constructor(faults: readonly string[]) {
    super(faults.join('\n'));
    this.faults = faults;
  }
}

/** @throws ProjectFault with all of them; none is no fault. */
export function refuse(faults: readonly string[]): void {
  if (faults.length > 0) throw new ProjectFault(faults);
}
