import type { Call, HttpLoad } from './http-load.ts';
import { atRate } from './steady-rate.ts';

const LIST: Call = { method: 'GET', path: '/products' };

/** Reads the list of products at a steady rate. @returns how long each answer took, in milliseconds. */
export async function listLatenciesMs(
  load: HttpLoad,
  { perSecond, seconds }: { readonly perSecond: number; readonly seconds: number },
): Promise<number[]> {
  const answers = await atRate(perSecond, Array.from({ length: perSecond * seconds }), () => load.call(LIST));
  return answers.map(({ latencyMs }) => latencyMs);
}
