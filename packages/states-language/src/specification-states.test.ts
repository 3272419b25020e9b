/** Worked examples of the Amazon States Language specification (states-language.net): the state types, in JSONata. */
import { echo, testExamples, type Example } from './testing/example-table.ts';
import { task } from './testing/run-machine.ts';

const hello = task({ Resource: 'arn:aws:lambda:us-east-1:123456789012:function:HelloWorld', End: true });

/** The Choice state of the specification, behind a state that assigns `$value`. */
const dispatching = (value: number | string): object => ({
  StartAt: 'Given',
  States: {
    Given: { Type: 'Pass', Assign: { value }, Next: 'DispatchEvent' },
    DispatchEvent: {
      Type: 'Choice',
      Choices: [
        { Condition: "{% $states.input.type != 'Private' %}", Next: 'Public' },
        {
          Condition: "{% $exists($value) and $type($value)='number' and $value>=20 and $value<30 %}",
          Assign: { range: 'twenties' },
          Next: 'ValueInTwenties',
        },
        {
          Condition: '{% $states.input.rating >= $states.input.auditThreshold %}',
          Output: { excess: '{% $states.input.rating - $states.input.auditThreshold %}' },
          Next: 'StartAudit',
        },
      ],
      Default: 'RecordEvent',
      Assign: { range: 'default' },
    },
    Public: echo,
    ValueInTwenties: { ...echo, Output: ['{% $range %}', '{% $states.input %}'] },
    // Unassigned, $range is the function of that name.
    StartAudit: { ...echo, Output: ["{% $type($range) = 'string' %}", '{% $states.input %}'] },
    RecordEvent: { ...echo, Output: ['{% $range %}', '{% $states.input %}'] },
  },
});

const shipment = {
  'ship-date': '2016-03-14T01:59:00Z',
  detail: {
    'delivery-partner': 'UQS',
    shipped: [
      { prod: 'R31', 'dest-code': 9511, quantity: 1344 },
      { prod: 'S39', 'dest-code': 9511, quantity: 40 },
      { prod: 'R31', 'dest-code': 9833, quantity: 12 },
    ],
  },
};

/** The Map state of the specification, with what its function got as the machine's output. */
const validating = (rest: object): object => ({
  StartAt: 'Validate-All',
  States: {
    'Validate-All': {
      Type: 'Map',
      Items: '{% $states.input.detail.shipped %}',
      MaxConcurrency: 0,
      ItemProcessor: { StartAt: 'Validate', States: { Validate: task({ End: true }) } },
      Assign: { shipped: '{% $states.result %}' },
      Output: { numItemsProcessed: '{% $count($states.input.detail.shipped) %}' },
      Next: 'Show',
      ...rest,
    },
    Show: { ...echo, Output: { validated: '{% $shipped %}', output: '{% $states.input %}' } },
  },
});

const EXAMPLES: Record<string, Example> = {
  'Hello World': {
    definition: { StartAt: 'Hello World', States: { 'Hello World': hello } },
    tasks: { 'Hello World': () => 'Hello' },
    output: 'Hello',
  },
  'a Pass state injects data': {
    definition: {
      StartAt: 'No-op',
      States: {
        'No-op': { Type: 'Pass', Output: { 'x-datum': 0.381018, 'y-datum': 622.2269926397355 }, Next: 'End' },
        End: echo,
      },
    },
    output: { 'x-datum': 0.381018, 'y-datum': 622.2269926397355 },
  },
  'a Wait until a timestamp taken from the input': {
    definition: {
      StartAt: 'wait',
      States: { wait: { Type: 'Wait', Timestamp: '{% $states.input.expirydate %}', End: true } },
    },
    input: { expirydate: '2026-01-01T00:00:30Z' },
    afterSeconds: 30,
    output: { expirydate: '2026-01-01T00:00:30Z' },
  },
  'a Fail state with error and cause': {
    definition: {
      StartAt: 'FailState',
      States: { FailState: { Type: 'Fail', Error: 'ErrorA', Cause: 'Kaiju attack' } },
    },
    error: 'ErrorA',
  },
  'Parallel look-up of address and phone': {
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
  'sum and difference side by side': {
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
  'a Task state adds two numbers': {
    definition: { StartAt: 'Add', States: { Add: task({ End: true }) } },
    input: { val1: 3, val2: 4 },
    tasks: { Add: ({ arguments: given }) => (given as { val1: number }).val1 + (given as { val2: number }).val2 },
    output: 7,
  },
  'a Pass state provides test data in a variable, with a default for what the input lacks': {
    definition: {
      StartAt: 'ProvideTestData',
      States: {
        ProvideTestData: {
          Type: 'Pass',
          Assign: {
            coords: {
              'x-datum': 0.381018,
              'y-datum': 622.2269926397355,
              additional: '{% $exists($states.input.moreData) ? $states.input.moreData : {} %}',
            },
          },
          Next: 'End',
        },
        End: { ...echo, Output: '{% $coords %}' },
      },
    },
    output: { 'x-datum': 0.381018, 'y-datum': 622.2269926397355, additional: {} },
  },
  'a Choice whose first rule matches': {
    definition: dispatching(23),
    input: { type: 'Open' },
    visited: ['Given', 'DispatchEvent', 'Public'],
    output: { type: 'Open' },
  },
  'a Choice assigns what its matching rule says and hands its input on': {
    definition: dispatching(23),
    input: { type: 'Private' },
    visited: ['Given', 'DispatchEvent', 'ValueInTwenties'],
    output: ['twenties', { type: 'Private' }],
  },
  'a Choice whose matching rule has an Output assigns nothing else': {
    definition: dispatching('none'),
    input: { type: 'Private', rating: 7, auditThreshold: 5 },
    visited: ['Given', 'DispatchEvent', 'StartAudit'],
    output: [false, { excess: 2 }],
  },
  'a Choice without a matching rule takes Default, with the state’s own Assign': {
    definition: dispatching(30),
    input: { type: 'Private', rating: 1, auditThreshold: 5 },
    visited: ['Given', 'DispatchEvent', 'RecordEvent'],
    output: ['default', { type: 'Private', rating: 1, auditThreshold: 5 }],
  },
  'a Wait of ten seconds': {
    definition: {
      StartAt: 'wait_ten_seconds',
      States: { wait_ten_seconds: { Type: 'Wait', Seconds: 10, End: true } },
    },
    afterSeconds: 10,
    output: {},
  },
  'a Wait until a time that is over': {
    definition: {
      StartAt: 'wait_until',
      States: { wait_until: { Type: 'Wait', Timestamp: '2016-03-14T01:59:00Z', End: true } },
    },
    output: {},
  },
  'a Fail state with error and cause from its input': {
    definition: {
      StartAt: 'FailState',
      States: {
        FailState: {
          Type: 'Fail',
          Comment: 'my error comment',
          Error: '{% $states.input.Error %}',
          Cause: '{% $states.input.Cause %}',
        },
      },
    },
    input: { Error: 'ErrorB', Cause: 'from the input' },
    error: 'ErrorB',
    cause: 'from the input',
  },
  'a Map gives each iteration its item, and counts them': {
    definition: validating({}),
    input: shipment,
    output: { validated: shipment.detail.shipped, output: { numItemsProcessed: 3 } },
  },
  'a Map with an ItemSelector gives each iteration item and courier': {
    definition: validating({
      ItemSelector: {
        parcel: '{% $states.context.Map.Item.Value %}',
        courier: '{% $states.input.detail.`delivery-partner` %}',
      },
    }),
    input: shipment,
    output: {
      validated: shipment.detail.shipped.map((parcel) => ({ parcel, courier: 'UQS' })),
      output: { numItemsProcessed: 3 },
    },
  },
};

testExamples(EXAMPLES);
