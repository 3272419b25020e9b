import { detailsMember, type HistoryEvent } from '@order-workflow/states-language';
import type { JsonObject } from '../../../endpoint/aws-api.ts';
import { epochSeconds, pageSize, pageStart, pageToken } from '../api-values.ts';

/** One page of GetExecutionHistory. */
export function historyPage(history: readonly HistoryEvent[], input: JsonObject): JsonObject {
  const hasData = input['includeExecutionData'] !== false;
  const ordered = input['reverseOrder'] === true ? history.toReversed() : history;
  const first = pageStart(input, 'GetExecutionHistory') ?? 0;
  const end = first + pageSize(input);
  const nextToken = end < ordered.length ? pageToken('GetExecutionHistory', end) : undefined;
  return { events: ordered.slice(first, end).map((event) => shown(event, hasData)), ...(nextToken && { nextToken }) };
}

function shown(event: HistoryEvent, hasData: boolean): JsonObject {
  const { id, previousEventId, type, atMs, details } = event;
  return {
    timestamp: epochSeconds(atMs),
    type,
    id,
    previousEventId,
    ...(details && { [detailsMember(type)]: shownDetails(details, hasData) }),
  };
}

const DATA_FIELDS = ['input', 'output'] as const;

function shownDetails(details: NonNullable<HistoryEvent['details']>, hasData: boolean): JsonObject {
  const result: JsonObject = { ...details };
  for (const field of DATA_FIELDS) {
    if (result[field] === undefined) continue;
    result[`${field}Details`] = hasData ? { truncated: false } : { included: false };
    if (!hasData) delete result[field];
  }
  if (result['assignedVariables'] !== undefined) {
    result['assignedVariablesDetails'] = { truncated: !hasData };
    if (!hasData) delete result['assignedVariables'];
  }
  if (!hasData) delete result['parameters'];
  return result;
}
