import { readFileSync } from 'node:fs';
import { format, type FormatConfig } from 'oxfmt';
import { orderCancellation } from './order-cancellation.ts';
import { orderReturn } from './order-return.ts';
import { orderSaga } from './order-saga.ts';
import type { StateMachine } from './state-machine.ts';

/** Every workflow by the name of its file, `<name>.asl.json`. */
const WORKFLOWS: Readonly<Record<string, StateMachine>> = {
  'order-saga': orderSaga,
  'order-cancellation': orderCancellation,
  'order-return': orderReturn,
};

/** File name → content of the deployed definitions, formatted as `npm run format` leaves them. */
export async function definitionFiles(): Promise<Map<string, string>> {
  const files = Object.entries(WORKFLOWS).map(async ([name, machine]) => {
    const file = `${name}.asl.json`;
    return [file, await formatted(file, JSON.stringify(machine, null, 2))] as const;
  });
  return new Map(await Promise.all(files));
}

async function formatted(file: string, json: string): Promise<string> {
  const config = JSON.parse(readFileSync(new URL('../.oxfmtrc.json', import.meta.url), 'utf8')) as FormatConfig;
  const { code, errors } = await format(file, json, config);
  if (errors.length > 0) throw new Error(`${file} cannot be formatted: ${errors.map(({ message }) => message).join()}`);
  return code;
}
