/** Worked examples of the Amazon States Language specification: variables, JSONata, arguments and output. */
import { expect } from 'vitest';
import { echo, testExamples, type Example } from './testing/example-table.ts';
import { failsWith, task } from './testing/run-machine.ts';

const reporting = task({
  Output: {
    customer: '{% $states.input.customer %}',
    resultStatus: '{% $states.result.status %}',
    execution: '{% $states.context.Execution.Name %}',
  },
  Catch: [
    {
      ErrorEquals: ['States.ALL'],
      Output: { errorDetails: '{% $states.errorOutput %}', input: '{% $states.input %}' },
      Next: 'Handle Error',
    },
  ],
  End: true,
});
const myTask = { StartAt: 'My Task', States: { 'My Task': reporting, 'Handle Error': echo } };

const EXAMPLES: Record<string, Example> = {
  'variables that one state assigns, another one reads': {
    definition: {
      StartAt: 'FirstState',
      States: {
        FirstState: { Type: 'Pass', Assign: { make: 'Infiniti', model: 'G35', year: 2006 }, Next: 'SecondState' },
        SecondState: { ...echo, Output: "{% $year & ' ' & $make & ' ' & $model %}" },
      },
    },
    output: '2006 Infiniti G35',
  },
  'an Assign sees the values from before it': {
    definition: {
      StartAt: 'Given',
      States: {
        Given: { Type: 'Pass', Assign: { x: 5 }, Next: 'Assigning' },
        Assigning: { Type: 'Pass', Assign: { x: 42, newOrOld: '{% $x %}' }, Next: 'Referencing' },
        Referencing: { ...echo, Output: ['{% $x %}', '{% $newOrOld %}'] },
      },
    },
    output: [42, 5],
  },
  'an inner scope reads outer variables; only the outer scope assigns them': {
    definition: {
      StartAt: 'Get Greeting',
      States: {
        'Get Greeting': { Type: 'Pass', Assign: { outer: 'hello' }, Next: 'Greet Everyone' },
        'Greet Everyone': {
          Type: 'Map',
          ItemProcessor: {
            StartAt: 'Begin',
            States: {
              Begin: { Type: 'Pass', Assign: { inner: 'world', hi: '{% $outer %}' }, Next: 'End' },
              End: { Type: 'Succeed', Output: '{% $hi %}' },
            },
          },
          Assign: { outer: 2 },
          Next: 'Goodbye',
        },
        Goodbye: { Type: 'Succeed', Output: { greetings: '{% $states.input %}', outer: '{% $outer %}' } },
      },
    },
    input: ['everyone', 'else'],
    output: { greetings: ['hello', 'hello'], outer: 2 },
  },
  'an expression with a function of its own: 5 factorial': {
    definition: {
      StartAt: 'Factorial',
      States: {
        Factorial: { ...echo, Output: '{% ($product := function($x, $y) {$x * $y}; $reduce([1..5], $product)) %}' },
      },
    },
    output: 120,
  },
  'the reserved variable: input, result and context when the task succeeds': {
    definition: myTask,
    input: { customer: 'Zoë', other: 1 },
    tasks: { 'My Task': () => ({ status: 'fine', more: 2 }) },
    output: { customer: 'Zoë', resultStatus: 'fine', execution: 'run' },
  },
  'the reserved variable: input and error output when it fails': {
    definition: myTask,
    input: { customer: 'Zoë' },
    tasks: { 'My Task': failsWith('Broken', 'why') },
    visited: ['My Task', 'Handle Error'],
    output: { errorDetails: { Error: 'Broken', Cause: 'why' }, input: { customer: 'Zoë' } },
  },
  'Arguments with expressions at any depth, an Output that is one expression': {
    definition: {
      StartAt: 'GetSampleData',
      States: {
        GetSampleData: {
          Type: 'Pass',
          Assign: {
            student: { name: 'Scotland', course: [{ grade: 34 }, { grade: 99 }, { grade: 76 }, { grade: 96 }] },
            class: { teacher: 'Bert' },
            two: 'the number 2',
          },
          Next: 'A Task',
        },
        'A Task': task({
          Arguments: {
            student: '{% $student.name %}',
            classInfo: { teacher: '{% $class.teacher %}' },
            values: [1, '{% $two %}', 'three'],
          },
          Output: "{% { 'avg': $average($student.course.grade), 'num': $count($student.course) }  %}",
          End: true,
        }),
      },
    },
    tasks: {
      'A Task': ({ arguments: given }) => {
        expect(given).toEqual({
          student: 'Scotland',
          classInfo: { teacher: 'Bert' },
          values: [1, 'the number 2', 'three'],
        });
        return null;
      },
    },
    output: { avg: 76.25, num: 4 },
  },
};

testExamples(EXAMPLES);
