import { parentPort } from 'node:worker_threads';
import type { Json } from '../json.ts';
import { evaluateOrFault, parseExpression, type EvaluationInput } from './evaluate.ts';
import { EvaluationFault, faultOf } from './evaluation-fault.ts';
import { MAX_EVALUATION_MS } from './limits.ts';
import { boundValues } from './value-bounds.ts';

/** Evaluates one expression at a time for the thread that started this one. */
export interface EvaluationJob {
  readonly text: string;
  readonly input: EvaluationInput;
}

export type EvaluationAnswer = { readonly value: Json } | { readonly fault: string };

async function answer({ text, input }: EvaluationJob): Promise<EvaluationAnswer> {
  try {
    const expression = parseExpression(text, MAX_EVALUATION_MS);
    boundValues(expression.engine);
    return { value: await evaluateOrFault(expression, input) };
  } catch (error) {
    if (error instanceof EvaluationFault) return { fault: error.message };
    throw error;
  }
}

/** A value can be too deep to cross. */
function post(made: EvaluationAnswer): void {
  try {
    parentPort!.postMessage(made);
  } catch (error) {
    parentPort!.postMessage({ fault: faultOf(error).message } satisfies EvaluationAnswer);
  }
}

parentPort!.on('message', (job: EvaluationJob) => {
  void answer(job).then(post);
});
parentPort!.postMessage('ready');
