import type { AlarmState } from './alarm.ts';

/** One thing that happened to an alarm, as DescribeAlarmHistory shows it. */
export interface AlarmHistoryItem {
  readonly alarmName: string;
  readonly atMs: number;
  readonly type: 'StateUpdate' | 'Action';
  readonly summary: string;
  /** JSON. */
  readonly data: string;
}

/** CloudWatch keeps 30 days; this is memory, and so a count. */
const MAX_ITEMS = 10_000;

export interface StateChange {
  readonly alarmName: string;
  readonly atMs: number;
  readonly before: { readonly state: AlarmState; readonly reason: string };
  readonly after: { readonly state: AlarmState; readonly reason: string };
}

/** What alarms did since the start, oldest first. */
export class AlarmHistory {
  #items: AlarmHistoryItem[] = [];

  get items(): readonly AlarmHistoryItem[] {
    return this.#items;
  }

  stateChanged({ alarmName, atMs, before, after }: StateChange): void {
    const described = ({ state, reason }: StateChange['after']): object => ({ stateValue: state, stateReason: reason });
    const data = { version: '1.0', oldState: described(before), newState: described(after) };
    const summary = `Alarm updated from ${before.state} to ${after.state}`;
    this.#add({ alarmName, atMs, type: 'StateUpdate', summary, data: JSON.stringify(data) });
  }

  actionSucceeded({ alarmName, atMs }: StateChange, actionArn: string, publishedMessage: string): void {
    const data = { actionState: 'Succeeded', notificationResource: actionArn, publishedMessage };
    const summary = `Successfully executed action ${actionArn}`;
    this.#add({ alarmName, atMs, type: 'Action', summary, data: JSON.stringify(data) });
  }

  /** Worded as AWS's knowledge center shows it ("Why didn't I receive an SNS notification for my alarm?"). */
  actionFailed({ alarmName, atMs }: StateChange, actionArn: string, error: string): void {
    const data = { actionState: 'Failed', notificationResource: actionArn, error };
    const summary = `Failed to execute action ${actionArn}. Received error: "${error}"`;
    this.#add({ alarmName, atMs, type: 'Action', summary, data: JSON.stringify(data) });
  }

  #add(item: AlarmHistoryItem): void {
    this.#items.push(item);
    if (this.#items.length > MAX_ITEMS) this.#items = this.#items.slice(-MAX_ITEMS / 2);
  }
}
