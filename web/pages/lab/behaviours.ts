import { send } from '../../platform/http.ts';
import type { Behaviour } from './faults.ts';

/** What the payment sandbox is told to do wrong. All of it throws Problem. */

/** @returns the id under which it is counted. */
export async function arm(behaviour: Behaviour): Promise<number> {
  return (await send<{ id: number }>('pay/_sandbox/behaviours', { method: 'POST', body: behaviour })).body.id;
}

export async function hasFired(id: number): Promise<boolean> {
  const { body } = await send<{ behaviours: { id: number; fired: number }[] }>('pay/_sandbox/behaviours');
  return body.behaviours.some((each) => each.id === id && each.fired > 0);
}

/** The provider does nothing wrong any more. */
export async function disarm(): Promise<void> {
  await send('pay/_sandbox/behaviours', { method: 'DELETE' });
}
