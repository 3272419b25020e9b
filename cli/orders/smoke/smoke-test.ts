import { setTimeout as delay } from 'node:timers/promises';
import {
  type AlarmHistoryItem,
  CloudWatchClient,
  DescribeAlarmHistoryCommand,
  DescribeAlarmsCommand,
  SetAlarmStateCommand,
} from '@aws-sdk/client-cloudwatch';
import { StartExecutionCommand } from '@aws-sdk/client-sfn';
import type { BasketCheckedOut } from '../../../events/basket-checked-out.ts';
import { canonicalJson } from '../../../events/canonical-json.ts';
import type { Deployment } from '../../deployment.ts';
import { followOrder, hasEnded } from '../../follow-order.ts';
import { publishCheckout } from '../../publish-checkout.ts';
import { smokeOrder, type SmokeProduct } from './smoke-order.ts';

/** What one try showed; `wrong` says what came instead. */
export interface Tried {
  readonly what: string;
  readonly wrong?: string;
}

const CARD = 'pm_card_visa';
const CARD_WITHOUT_FUNDS = 'pm_card_chargeDeclinedInsufficientFunds';
const TIMEOUT_MS = 60_000;
const HISTORY_TIMEOUT_MS = 30_000;
const LOOK_EVERY_MS = 500;

/** The catalogue is there for anybody. */
export async function tryApi(deployment: Deployment): Promise<Tried> {
  const what = 'the catalogue answers';
  const response = await fetch(new URL('products', deployment.output('HttpApiUrl')));
  return response.ok ? { what } : { what, wrong: `HTTP ${response.status}` };
}

/** An order that is confirmed, taken back and refunded; and one that is declined. Real money is not taken by test cards. */
export async function tryOrders(deployment: Deployment, product: SmokeProduct): Promise<Tried[]> {
  const sold = smokeOrder(product, CARD);
  const declined = smokeOrder(product, CARD_WITHOUT_FUNDS);
  await Promise.all([publishCheckout(deployment, sold), publishCheckout(deployment, declined)]);
  const tries = [
    judge('an order is confirmed', await outcomeOf(deployment, sold), 'CONFIRMED'),
    judge('a declined order is cancelled', await outcomeOf(deployment, declined), 'CANCELLED PAYMENT_DECLINED'),
  ];
  if (tries[0]!.wrong !== undefined) return tries;
  await takeBack(deployment, sold);
  return [
    ...tries,
    judge('a sale is taken back and refunded', await takenBack(deployment, sold), 'CANCELLED CANCELLED_BY_SHOP'),
  ];
}

function judge(what: string, came: string, expected: string): Tried {
  return came === expected ? { what } : { what, wrong: `expected ${expected}, came ${came}` };
}

/** Status and reason once its saga has ended, or as it is when the time is up. */
async function outcomeOf(deployment: Deployment, { orderId }: BasketCheckedOut): Promise<string> {
  const { order } = await followOrder(deployment, orderId, { until: hasEnded, timeoutMs: TIMEOUT_MS });
  return [order?.status ?? 'no order', order?.reason].filter(Boolean).join(' ');
}

async function takeBack(deployment: Deployment, order: BasketCheckedOut): Promise<void> {
  await deployment.stepFunctions.send(
    new StartExecutionCommand({
      stateMachineArn: deployment.output('CancellationStateMachineArn'),
      name: `${order.orderId}.cancellation`,
      input: canonicalJson({ order, reason: 'CANCELLED_BY_SHOP', actor: 'smoke-test' }),
    }),
  );
}

async function takenBack(deployment: Deployment, { orderId }: BasketCheckedOut): Promise<string> {
  const { order } = await followOrder(deployment, orderId, {
    until: (trace) => trace.order?.status === 'CANCELLED',
    timeoutMs: TIMEOUT_MS,
  });
  return [order?.status, order?.reason].filter(Boolean).join(' ');
}

/** Forces an alarm: whom it rings at should hear of it, and that it is over. It comes back by itself. */
export async function tryAlarm(deployment: Deployment): Promise<Tried> {
  const what = 'an alarm reaches its topic';
  const cloudWatch = new CloudWatchClient(deployment.clientConfig);
  try {
    const { MetricAlarms = [] } = await cloudWatch.send(
      new DescribeAlarmsCommand({ AlarmNamePrefix: `${deployment.address.stackName}-`, MaxRecords: 100 }),
    );
    const alarm = MetricAlarms.find(({ AlarmName }) => AlarmName?.includes('AlarmsOrdersParked'));
    if (alarm?.AlarmName === undefined) return { what, wrong: 'the stack has no alarm OrdersParked' };
    if ((alarm.AlarmActions ?? []).length === 0) return { what: 'alarms show in the console only' };
    if (alarm.StateValue === 'ALARM') return { what, wrong: 'OrdersParked rings already: decide what is parked first' };
    const { AlarmName } = alarm;
    const before = await newestAction(cloudWatch, AlarmName);
    await cloudWatch.send(
      new SetAlarmStateCommand({ AlarmName, StateValue: 'ALARM', StateReason: 'Smoke test: nothing is wrong' }),
    );
    const told = await actionAfter(cloudWatch, AlarmName, before);
    if (told?.HistorySummary?.startsWith('Successfully')) return { what };
    return { what, wrong: told?.HistorySummary ?? 'its history shows no action' };
  } finally {
    cloudWatch.destroy();
  }
}

/** CloudWatch writes down what an alarm did a moment after it did it, and tells nobody when. */
async function actionAfter(
  cloudWatch: CloudWatchClient,
  alarm: string,
  known: AlarmHistoryItem | undefined,
): Promise<AlarmHistoryItem | undefined> {
  const deadlineMs = performance.now() + HISTORY_TIMEOUT_MS;
  for (;;) {
    const newest = await newestAction(cloudWatch, alarm);
    if (newest?.Timestamp?.getTime() !== known?.Timestamp?.getTime()) return newest;
    if (performance.now() > deadlineMs) return undefined;
    await delay(LOOK_EVERY_MS);
  }
}

async function newestAction(cloudWatch: CloudWatchClient, AlarmName: string): Promise<AlarmHistoryItem | undefined> {
  const { AlarmHistoryItems = [] } = await cloudWatch.send(
    new DescribeAlarmHistoryCommand({ AlarmName, HistoryItemType: 'Action', ScanBy: 'TimestampDescending' }),
  );
  return AlarmHistoryItems[0];
}
