import type { StackAssembly } from './cloud-assembly.ts';
import type { Template } from './template.ts';

/** The assembly that a stack runs on at the moment: whoever holds it sees what a reload put in its place. */
export class LiveAssembly implements StackAssembly {
  #current: StackAssembly;

  constructor(assembly: StackAssembly) {
    this.#current = assembly;
  }

  get stackName(): string {
    return this.#current.stackName;
  }

  get template(): Template {
    return this.#current.template;
  }

  assetPath(objectKey: string): string {
    return this.#current.assetPath(objectKey);
  }

  /** @returns what takes it back. */
  replace(assembly: StackAssembly): () => void {
    const previous = this.#current;
    this.#current = assembly;
    return () => {
      this.#current = previous;
    };
  }
}
