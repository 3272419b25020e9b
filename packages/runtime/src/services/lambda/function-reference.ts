/** What callers may name a function by, taken apart. */
export interface FunctionReference {
  /** What stands before `function`: account, region and so on; empty where only the name is given. */
  readonly owner: string;
  readonly functionName: string;
  readonly qualifier?: string;
}

const NAME = /^[\w-]{1,64}$/;

/**
 * Reads `name`, `name:qualifier`, `account:function:name[:qualifier]` and the full ARN. Undefined when it is none.
 */
export function parseFunctionReference(reference: string): FunctionReference | undefined {
  const parts = reference.split(':');
  const marker = parts.lastIndexOf('function');
  const [functionName = '', qualifier, ...others] = marker === -1 ? parts : parts.slice(marker + 1);
  if (!NAME.test(functionName) || qualifier === '' || others.length > 0) return undefined;
  const owner = parts.slice(0, Math.max(0, marker)).join(':');
  return { owner, functionName, ...(qualifier !== undefined && { qualifier }) };
}
