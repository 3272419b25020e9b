/**
 * The worked examples of the Amazon States Language specification (states-language.net), put into JSONata, and those
 * of the Step Functions guide ("Transforming data with JSONata", "Passing data with variables", "Handling errors").
 */
import { expect, test } from 'vitest';
import type { Json } from './json.ts';
import { failsWith, runMachine, task, types, type MockedTask } from './run-machine.ts';

interface Example {
  readonly definition: object;
  readonly input?: Json;
  readonly tasks?: Readonly<Record<string, MockedTask>>;
  readonly output?: Json;
  readonly error?: string;
  readonly visited?: readonly string[];
  readonly afterSeconds?: number;
}

const hello = task({ Resource: 'arn:aws:lambda:us-east-1:123456789012:function:HelloWorld', End: true });
const echo = { Type: 'Pass', End: true };

const EXAMPLES: Record<string, Example> = {
  'specification: Hello World': {
    definition: { StartAt: 'Hello World', States: { 'Hello World': hello } },
    tasks: { 'Hello World': () => 'Hello' },
    output: 'Hello',
  },
  'specification: a Pass state injects data': {
    definition: {
      StartAt: 'No-op',
      States: {
        'No-op': { Type: 'Pass', Output: { 'x-datum': 0.381018, 'y-datum': 622.2269926397355 }, Next: 'End' },
        End: echo,
      },
    },
    output: { 'x-datum': 0.381018, 'y-datum': 622.2269926397355 },
  },
  'specification: Choice by and, or, not and comparison (private or not, value between 20 and 30)': {
    definition: {
      StartAt: 'DispatchEvent',
      States: {
        DispatchEvent: {
          Type: 'Choice',
          Choices: [
            { Condition: "{% $not($states.input.type = 'Private') %}", Next: 'Public' },
            {
              Condition:
                '{% $exists($states.input.value) and $states.input.value >= 20 and $states.input.value < 30 %}',
              Next: 'ValueInTwenties',
            },
          ],
          Default: 'RecordEvent',
        },
        Public: echo,
        ValueInTwenties: echo,
        RecordEvent: echo,
      },
    },
    input: { type: 'Private', value: 22 },
    visited: ['DispatchEvent', 'ValueInTwenties'],
    output: { type: 'Private', value: 22 },
  },
  'specification: a Wait until a timestamp taken from the input': {
    definition: {
      StartAt: 'wait',
      States: { wait: { Type: 'Wait', Timestamp: '{% $states.input.expirydate %}', End: true } },
    },
    input: { expirydate: '2026-01-01T00:00:30Z' },
    afterSeconds: 30,
    output: { expirydate: '2026-01-01T00:00:30Z' },
  },
  'specification: a Fail state with error and cause': {
    definition: {
      StartAt: 'FailState',
      States: { FailState: { Type: 'Fail', Error: 'ErrorA', Cause: 'Kaiju attack' } },
    },
    error: 'ErrorA',
  },
  'specification: Parallel look-up of address and phone': {
    definition: {
      StartAt: 'LookupCustomerInfo',
      States: {
        LookupCustomerInfo: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'LookupAddress', States: { LookupAddress: task({ End: true }) } },
            { StartAt: 'LookupPhone', States: { LookupPhone: task({ End: true }) } },
          ],
          End: true,
        },
      },
    },
    tasks: { LookupAddress: () => 'Main Street', LookupPhone: () => '555' },
    output: ['Main Street', '555'],
  },
  'specification: sum and difference side by side': {
    definition: {
      StartAt: 'FunWithMath',
      States: {
        FunWithMath: {
          Type: 'Parallel',
          Branches: [
            { StartAt: 'Add', States: { Add: { ...echo, Output: '{% $states.input[0] + $states.input[1] %}' } } },
            {
              StartAt: 'Subtract',
              States: { Subtract: { ...echo, Output: '{% $states.input[0] - $states.input[1] %}' } },
            },
          ],
          End: true,
        },
      },
    },
    input: [3, 2],
    output: [5, 1],
  },
  'specification: Map over the shipped items with an ItemSelector': {
    definition: {
      StartAt: 'Validate-All',
      States: {
        'Validate-All': {
          Type: 'Map',
          Items: '{% $states.input.detail.shipped %}',
          ItemSelector: {
            parcel: '{% $states.context.Map.Item.Value %}',
            courier: '{% $states.input.detail.`delivery-partner` %}',
          },
          MaxConcurrency: 0,
          ItemProcessor: { StartAt: 'Validate', States: { Validate: task({ End: true }) } },
          Output: { shipped: '{% $states.result %}' },
          End: true,
        },
      },
    },
    input: {
      'ship-date': '2016-03-14T01:59:00Z',
      detail: { 'delivery-partner': 'UQS', shipped: [{ prod: 'R31' }, { prod: 'S39' }] },
    },
    output: {
      shipped: [
        { parcel: { prod: 'R31' }, courier: 'UQS' },
        { parcel: { prod: 'S39' }, courier: 'UQS' },
      ],
    },
  },
  'specification: two retriers, then a catcher': {
    definition: {
      StartAt: 'X',
      States: {
        X: task({
          Next: 'Y',
          Retry: [
            { ErrorEquals: ['ErrorA', 'ErrorB'], IntervalSeconds: 1, BackoffRate: 2, MaxAttempts: 2 },
            { ErrorEquals: ['ErrorC'], IntervalSeconds: 5 },
          ],
          Catch: [{ ErrorEquals: ['States.ALL'], Next: 'Z' }],
        }),
        Y: echo,
        Z: echo,
      },
    },
    tasks: { X: failsWith('ErrorB', 'again') },
    afterSeconds: 100,
    visited: ['X', 'Z'],
    output: { Error: 'ErrorB', Cause: 'again' },
  },
  'guide: values from input and variables': {
    definition: {
      StartAt: 'Assign',
      States: {
        Assign: { Type: 'Pass', Assign: { customerName: 'María' }, Next: 'Greet' },
        Greet: {
          ...echo,
          Output: {
            static: 'Hello',
            title: '{% $states.input.title %}',
            name: '{% $customerName %}',
            'not-evaluated': '$customerName',
          },
        },
      },
    },
    input: { title: 'Doctor' },
    output: { static: 'Hello', title: 'Doctor', name: 'María', 'not-evaluated': '$customerName' },
  },
  'guide: all of an Assign is evaluated at once': {
    definition: {
      StartAt: 'One',
      States: {
        One: { Type: 'Pass', Assign: { x: 3, a: 6 }, Next: 'Two' },
        Two: { Type: 'Pass', Assign: { x: '{% $a %}', nextX: '{% $x %}' }, Next: 'Three' },
        Three: { ...echo, Output: '{% {"x": $x, "nextX": $nextX} %}' },
      },
    },
    output: { x: 6, nextX: 3 },
  },
  'variables: a loop that counts with a Choice': {
    definition: {
      StartAt: 'Start',
      States: {
        Start: { Type: 'Pass', Assign: { count: 0, total: 0 }, Next: 'Enough?' },
        'Enough?': { Type: 'Choice', Choices: [{ Condition: '{% $count < 3 %}', Next: 'Add' }], Default: 'Done' },
        Add: {
          Type: 'Pass',
          Assign: { count: '{% $count + 1 %}', total: '{% $total + $states.input.price %}' },
          Next: 'Enough?',
        },
        Done: { Type: 'Succeed', Output: '{% $total %}' },
      },
    },
    input: { price: 5 },
    output: 15,
  },
  'guide: arrays can be forced around a filter that may leave one element': {
    definition: {
      StartAt: 'Pick',
      States: {
        Pick: { ...echo, Output: { one: '{% $states.input.n[$ > 2] %}', list: '{% [$states.input.n[$ > 2]] %}' } },
      },
    },
    input: { n: [1, 2, 3] },
    output: { one: 3, list: [3] },
  },
  'guide: an undefined result is States.QueryEvaluationError': {
    definition: { StartAt: 'A', States: { A: { ...echo, Output: '{% $data.thisFieldDoesNotExist %}' } } },
    error: 'States.QueryEvaluationError',
  },
  'guide: a wrong type is States.QueryEvaluationError': {
    definition: { StartAt: 'A', States: { A: task({ TimeoutSeconds: "{% 'four' %}", End: true }) } },
    error: 'States.QueryEvaluationError',
  },
  'guide: a value out of range is States.QueryEvaluationError': {
    definition: { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: '{% -1 %}', End: true } } },
    error: 'States.QueryEvaluationError',
  },
  'guide: a fallback by the name of the error': {
    definition: {
      StartAt: 'HelloWorld',
      States: {
        HelloWorld: task({
          Catch: [
            { ErrorEquals: ['CustomError'], Next: 'CustomErrorFallback' },
            { ErrorEquals: ['States.TaskFailed'], Next: 'ReservedTypeFallback' },
            { ErrorEquals: ['States.ALL'], Next: 'CatchAllFallback' },
          ],
          End: true,
        }),
        CustomErrorFallback: { ...echo, Output: 'custom' },
        ReservedTypeFallback: { ...echo, Output: 'reserved' },
        CatchAllFallback: { ...echo, Output: 'all' },
      },
    },
    tasks: { HelloWorld: failsWith('Error') },
    output: 'reserved',
  },
};

test.each(Object.entries(EXAMPLES))('%s', async (_, example) => {
  const run = await runMachine(example.definition, {
    ...(example.input !== undefined && { input: example.input }),
    tasks: example.tasks ?? {},
  });
  await run.clock.advanceBy((example.afterSeconds ?? 0) * 1000);
  expect({ output: run.output, error: run.end?.status === 'FAILED' ? run.end.error : undefined }).toEqual({
    output: example.output,
    error: example.error,
  });
  expect(run.visited).toEqual(example.visited ?? run.visited);
});

/** A failing Map, as AWS recorded it: what ends follows the event that failed. */
test('the events of aborted iterations follow the failure', async () => {
  const run = await runMachine(
    {
      StartAt: 'Each',
      States: {
        Each: {
          Type: 'Map',
          Items: [1, 2],
          ItemProcessor: { StartAt: 'Work', States: { Work: task({ TimeoutSeconds: 5, End: true }) } },
          End: true,
        },
      },
    },
    {
      tasks: {
        Work: ({ arguments: item }) =>
          item === 1 ? { kind: 'failed', error: 'E', cause: 'c' } : { kind: 'submitted', output: null },
      },
    },
  );
  const failed = run.history.find(({ type }) => type === 'TaskFailed')!.id;
  expect(types(run).slice(failed)).toEqual([
    'MapIterationFailed',
    'TaskStateAborted',
    'MapIterationAborted',
    'MapStateFailed',
    'ExecutionFailed',
  ]);
  expect(run.history.slice(failed, -1).map(({ previousEventId }) => previousEventId)).toEqual([
    failed,
    failed,
    failed,
    failed,
  ]);
});
