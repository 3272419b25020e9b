/**
 * Worked examples of the Step Functions guide: "Transforming data with JSONata", "Passing data between states with
 * variables", "Handling errors".
 */
import { expect } from 'vitest';
import { echo, testExamples, type Example } from './testing/example-table.ts';
import { failsWith, PENDING, single, task } from './testing/run-machine.ts';

/** A state that assigns, and one that shows what was assigned. */
const assigning = (Assign: Record<string, string>, before: object = {}): object => ({
  StartAt: 'Before',
  States: {
    Before: { Type: 'Pass', Assign: before, Next: 'Assign' },
    Assign: { Type: 'Pass', Assign, Next: 'Show' },
    Show: { ...echo, Output: Object.fromEntries(Object.keys(Assign).map((name) => [name, `{% $${name} %}`])) },
  },
});

const products = [
  { calories: 140, flavour: 'Cola', name: 'Product-1' },
  { calories: 0, flavour: 'Cola', name: 'Product-2' },
  { calories: 160, flavour: 'Orange', name: 'Product-3' },
  { calories: 0, flavour: 'Lime', name: 'Product-5' },
];

const EXAMPLES: Record<string, Example> = {
  'values from input and variables': {
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
  'all of an Assign is evaluated at once': {
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
  'a loop that counts with a Choice': {
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
  'arrays can be forced around a filter that may leave one element': {
    definition: {
      StartAt: 'Pick',
      States: {
        Pick: { ...echo, Output: { one: '{% $states.input.n[$ > 2] %}', list: '{% [$states.input.n[$ > 2]] %}' } },
      },
    },
    input: { n: [1, 2, 3] },
    output: { one: 3, list: [3] },
  },
  'an undefined result is States.QueryEvaluationError': {
    definition: { StartAt: 'A', States: { A: { ...echo, Output: '{% $data.thisFieldDoesNotExist %}' } } },
    error: 'States.QueryEvaluationError',
  },
  'a wrong type is States.QueryEvaluationError': {
    definition: { StartAt: 'A', States: { A: task({ TimeoutSeconds: "{% 'four' %}", End: true }) } },
    error: 'States.QueryEvaluationError',
  },
  'a value out of range is States.QueryEvaluationError': {
    definition: { StartAt: 'A', States: { A: { Type: 'Wait', Seconds: '{% -1 %}', End: true } } },
    error: 'States.QueryEvaluationError',
  },
  'a fallback by the name of the error': {
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
  'input and output': {
    definition: {
      StartAt: 'Basic Input and Output',
      States: {
        'Basic Input and Output': {
          QueryLanguage: 'JSONata',
          Type: 'Succeed',
          Output: {
            lastName: "{% 'Last=>' & $states.input.customer.lastName %}",
            orderValue: '{% $states.input.order.total %}',
          },
        },
      },
    },
    input: { customer: { firstName: 'Martha', lastName: 'Rivera' }, order: { items: 7, total: 27.91 } },
    output: { lastName: 'Last=>Rivera', orderValue: 27.91 },
  },
  'filtering with a path operator': {
    definition: single({ Type: 'Pass', Output: { dietProducts: '{% $states.input.products[calories=0] %}' } }),
    input: { products },
    output: { dietProducts: [products[1]!, products[3]!] },
  },
  'a Choice by a comparison of variable and input': {
    definition: {
      StartAt: 'Ask',
      States: {
        Ask: { Type: 'Pass', Assign: { current_price: 9 }, Next: 'Check Price' },
        'Check Price': {
          Type: 'Choice',
          Default: 'Pause',
          Choices: [{ Condition: '{% $current_price <= $states.input.desired_price %}', Next: 'Send Notification' }],
        },
        'Send Notification': echo,
        Pause: echo,
      },
    },
    input: { desired_price: 10 },
    visited: ['Ask', 'Check Price', 'Send Notification'],
    output: { desired_price: 10 },
  },
  'an expression as TimeoutSeconds': {
    definition: {
      StartAt: 'Given',
      States: {
        Given: { Type: 'Pass', Assign: { timeout: 7 }, Next: 'Work' },
        Work: task({ TimeoutSeconds: '{% $timeout %}', End: true }),
      },
    },
    tasks: { Work: () => PENDING },
    afterSeconds: 7,
    error: 'States.Timeout',
  },
  'an expression in a field of Arguments': {
    definition: {
      StartAt: 'Given',
      States: {
        Given: { Type: 'Pass', Assign: { name: 'Ada' }, Next: 'Work' },
        Work: task({ Arguments: { field1: '{% $name %}' }, End: true }),
      },
    },
    output: { field1: 'Ada' },
  },
  'an expression among the Items of a Map': {
    definition: {
      StartAt: 'Given',
      States: {
        Given: { Type: 'Pass', Assign: { two: 2 }, Next: 'Each' },
        Each: {
          Type: 'Map',
          Items: [1, '{% $two %}', 3],
          ItemProcessor: { StartAt: 'Item', States: { Item: echo } },
          End: true,
        },
      },
    },
    output: [1, 2, 3],
  },
  'an Output of any JSON value': {
    definition: single({ Type: 'Pass', Output: true }),
    output: true,
  },
  '$partition, $range and $parse': {
    definition: assigning({
      arrayPartition: '{% $partition([1,2,3,4], $states.input.chunkSize) %}',
      arrayRange: '{% $range(0, 10, 2) %}',
      deserializedPayload: '{% $parse($states.input.json_string) %}',
    }),
    input: { chunkSize: 3, json_string: '{"a":[1]}' },
    output: { arrayPartition: [[1, 2, 3], [4]], arrayRange: [0, 2, 4, 6, 8, 10], deserializedPayload: { a: [1] } },
  },
  'arguments that must be integers are rounded down': {
    definition: assigning({ chunks: '{% $partition([1,2,3,4], 2.9) %}', numbers: '{% $range(0.5, 4.9, 2) %}' }),
    output: {
      chunks: [
        [1, 2],
        [3, 4],
      ],
      numbers: [0, 2, 4],
    },
  },
  '$hash with an algorithm from a variable': {
    definition: assigning(
      { myHash: '{% $hash($states.input.content, $hashAlgorithmName) %}' },
      { hashAlgorithmName: 'SHA-1' },
    ),
    input: { content: 'input' },
    output: { myHash: '140f86aae51ab9e1cda9b4254fe98a74eb54c1a1' },
  },
  '$random without and with a seed': {
    definition: assigning({
      inRange: '{% $random() >= 0 and $random() < 1 %}',
      repeats: '{% $random($states.input.seed) = $random($states.input.seed) %}',
    }),
    input: { seed: 7 },
    output: { inRange: true, repeats: true },
  },
  $uuid: {
    definition: assigning({ uniqueId: '{% $uuid() %}' }),
    output: { uniqueId: expect.stringMatching(/^[0-9a-f]{8}-[0-9a-f]{4}-4[0-9a-f]{3}-/) as string },
  },
  '$eval is not there': {
    definition: single({ Type: 'Pass', Output: "{% $eval('1') %}" }),
    error: 'States.QueryEvaluationError',
  },
};

testExamples(EXAMPLES);
