import { Duration } from 'aws-cdk-lib';

/**
 * Memory and timeout of each kind of function. Lambda gives CPU in proportion to memory ("at 1,769 MB, a function has
 * the equivalent of one vCPU": Lambda Developer Guide, "Configure Lambda function memory") and bills memory x time; a
 * loaded bundle takes about 65 MiB, so memory here buys speed, not room. Every timeout is shorter
 * than the TimeoutSeconds of the workflow state that waits for it: no zombie works on while the retry starts.
 */

/** A step that an order waits for: 512 MiB halve the CPU part of a cold start against 256 at the same price. */
export const ORDER_STEP = { memoryMiB: 512, timeout: Duration.seconds(10) } as const;

/** A step that may wait for the payment provider (two calls of at most 5 s). */
export const PAYMENT_STEP = { memoryMiB: 512, timeout: Duration.seconds(15) } as const;

/** Works on a batch; 15 s keep the queue's visibility timeout, six times that, at 90 s. */
export const BATCH_WORKER = { memoryMiB: 512, timeout: Duration.seconds(15) } as const;

/** Runs by the clock and nobody waits for it: the least that holds the bundle comfortably. */
export const BACKGROUND_JOB = { memoryMiB: 256, timeout: Duration.seconds(30) } as const;

/** Reads and merges a dozen listings for one answer, which an operator waits for: bound by the processor, so a whole core. */
export const MERGED_READS = { memoryMiB: 1769, timeout: Duration.seconds(10) } as const;
