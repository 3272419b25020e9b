import type { Beside, Fault, LabOrder } from './faults.ts';

/** Where `npm start` listens: four ports in a row, the page's the last. */
export interface LabPorts {
  readonly aws: number;
  readonly sandbox: number;
}

/** The function that is throttled: a step of the workflow right after its start. */
export const THROTTLED = 'reserve-inventory';

/** What somebody types to do the same. */
export function commandOf(fault: Fault, order: LabOrder, ports: LabPorts): string {
  const { behaviour, also, skipsSeconds } = fault;
  const { before = [], after = [] } = also === undefined ? {} : BESIDE[also](ports);
  return [
    ...(behaviour === undefined
      ? []
      : [`curl ${JSON_TYPE} -d '${JSON.stringify(behaviour)}' localhost:${ports.sandbox}/_sandbox/behaviours`]),
    ...before,
    `echo '${JSON.stringify(checkoutOf(fault, order))}' | npm run checkout -- --file -`,
    ...after,
    ...(skipsSeconds === undefined ? [] : [skipCommand(skipsSeconds, ports)]),
  ].join('\n');
}

export function skipCommand(withinSeconds: number, { aws }: LabPorts): string {
  return `curl -d '${JSON.stringify({ withinSeconds })}' localhost:${aws}/_runtime/skip-waits`;
}

export function checkoutOf({ card }: Pick<Fault, 'card'>, { sku, priceMinor, currency }: LabOrder) {
  return {
    customerId: 'alice',
    currency,
    lines: [{ sku, quantity: 1, unitPriceMinor: priceMinor }],
    paymentMethodId: card,
  };
}

const JSON_TYPE = "-H 'Content-Type: application/json'";
const OTHER_TERMINAL = '# meanwhile, in another terminal:';

type Lines = { readonly before?: readonly string[]; readonly after?: readonly string[] };

const BESIDE: Readonly<Record<Beside, (ports: LabPorts) => Lines>> = {
  confirm: () => ({ after: ['# open the confirmationUrl of the order, and press Confirm'] }),
  ignore: () => ({ after: [OTHER_TERMINAL] }),
  cancel: () => ({ after: ['# POST /orders/ORDER/cancel, as requests.http does'] }),
  replay: () => ({ after: ['npm run orders -- replay --order ORDER'] }),
  'replay-archive': () => ({
    after: ['# ten minutes later, which AWS’s archive may need', 'npm run orders -- replay --from 25m --to 10m'],
  }),
  throttle: ({ aws }) => ({
    before: [
      `export AWS_ENDPOINT_URL=http://localhost:${aws}`,
      `name=$(aws lambda list-functions --output text --query "Functions[?starts_with(Handler,'${THROTTLED}.')].FunctionName")`,
      'aws lambda put-function-concurrency --function-name $name --reserved-concurrent-executions 0',
    ],
    after: [OTHER_TERMINAL, 'aws lambda delete-function-concurrency --function-name $name'],
  }),
  kill: () => ({ after: ['# meanwhile: kill -9 the process of npm start, and start it again'] }),
};
