import type { StackIdentity } from '../../assembly/resource-type.ts';
import { serviceOfArn } from '../shared/arn.ts';
import { AwsError } from '../shared/aws-error.ts';
import type { TopicPublisher } from '../shared/ports/topics.ts';
import type { Alarm, AlarmState } from './alarm.ts';
import type { AlarmHistory, StateChange } from './alarm-history.ts';

const CLOUDWATCH = 'cloudwatch.amazonaws.com';
const MAX_SUBJECT_LENGTH = 100;

export interface AlarmActionPorts {
  readonly topics: TopicPublisher;
  readonly stack: Pick<StackIdentity, 'accountId' | 'region'>;
  readonly history: AlarmHistory;
}

/** Takes the actions of an alarm's new state, each on its own; how each went stands in the history. */
export function takeActions(alarm: Alarm, change: StateChange, { topics, stack, history }: AlarmActionPorts): void {
  if (!alarm.actionsEnabled) return;
  const message = JSON.stringify(notificationOf(alarm, change, stack));
  const subject = `${change.after.state}: "${alarm.name}" in ${stack.region}`.slice(0, MAX_SUBJECT_LENGTH);
  for (const actionArn of alarm.actions[change.after.state]) {
    try {
      if (serviceOfArn(actionArn) !== 'sns') throw new AwsError('Unsupported', 'Only topics are actions here.');
      const caller = { service: CLOUDWATCH, sourceArn: alarm.arn, accountId: stack.accountId };
      topics.publish(actionArn, { subject, message }, caller);
      history.actionSucceeded(change, actionArn, message);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      history.actionFailed(change, actionArn, error.message);
    }
  }
}

/** What subscribers get (CloudWatch user guide, "Notifying users on alarm changes"); the trigger is left out. */
function notificationOf(alarm: Alarm, { atMs, before, after }: StateChange, stack: AlarmActionPorts['stack']): object {
  const actions: Readonly<Record<AlarmState, readonly string[]>> = alarm.actions;
  return {
    AlarmName: alarm.name,
    AlarmDescription: alarm.description ?? null,
    AWSAccountId: stack.accountId,
    NewStateValue: after.state,
    NewStateReason: after.reason,
    StateChangeTime: new Date(atMs).toISOString(),
    Region: stack.region,
    AlarmArn: alarm.arn,
    OldStateValue: before.state,
    OKActions: actions.OK,
    AlarmActions: actions.ALARM,
    InsufficientDataActions: actions.INSUFFICIENT_DATA,
  };
}
