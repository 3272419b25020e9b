import { readdirSync } from 'node:fs';
import { processTree, TICKS_PER_SECOND, textOf } from './process-tree.ts';

/** What a running shop is made of. `functions`: the environments' threads; `runtime`: the others of its process. */
export const SHOP_PARTS = ['functions', 'runtime', 'store', 'sandbox'] as const;
export type ShopPart = (typeof SHOP_PARTS)[number];

/** Threads of Node.js itself; an environment's thread has its function's name, of which Linux keeps 15 letters. */
const THREADS_OF_NODE = /^(?:MainThread|V8Worker|libuv-worker|DelayedTaskSche|SignalInspector)/;

/**
 * Processor milliseconds that each part has used so far (proc_pid_stat(5), fields 14 and 15). What V8 compiles and
 * collects on threads of its own for an environment counts as the runtime's: nothing tells whose it is.
 */
export function processorMsOf(rootPid: number): Record<ShopPart, number> {
  const used = { functions: 0, runtime: 0, store: 0, sandbox: 0 };
  for (const { pid, command } of processTree(rootPid)) {
    for (const thread of threadsOf(pid)) used[partOf(command, pid === rootPid, thread.name)] += thread.processorMs;
  }
  return used;
}

function partOf(command: string, isRoot: boolean, threadName: string): ShopPart {
  if (command.includes('dynoxide')) return 'store';
  if (!isRoot) return 'sandbox';
  return THREADS_OF_NODE.test(threadName) ? 'runtime' : 'functions';
}

function threadsOf(pid: number): { readonly name: string; readonly processorMs: number }[] {
  return threadIds(pid).flatMap((threadId) => {
    // The name stands in brackets and may hold spaces; a thread that has ended has no text.
    const match = /\((.*)\) (.*)/s.exec(textOf(`/proc/${pid}/task/${threadId}/stat`));
    if (match === null) return [];
    const fields = match[2]!.split(' ');
    const ticks = Number(fields[11]) + Number(fields[12]);
    return [{ name: match[1]!, processorMs: (ticks * 1000) / TICKS_PER_SECOND }];
  });
}

function threadIds(pid: number): string[] {
  try {
    return readdirSync(`/proc/${pid}/task`);
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOENT') return [];
    throw error;
  }
}
