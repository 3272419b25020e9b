import { compileExpression } from '../jsonata.ts';
import { isRecord, type Json, type JsonRecord } from '../json.ts';
import { expressionsIn } from './check-expressions.ts';
import { expressionReferences } from './expression-references.ts';

/** Where a state holds states of its own, which are listed by their own names. */
const GROUP_FIELDS = ['Branches', 'ItemProcessor'];

/**
 * Names of the workflow variables that each state of a sound definition reads, as DescribeStateMachine shows them:
 * sorted, without states that read none. (Recorded from AWS in LocalStack's test_sfn_api_variable_references.)
 */
export function variableReferences(definition: string): Record<string, string[]> {
  const references: Record<string, string[]> = {};
  for (const [name, state] of statesIn(JSON.parse(definition) as JsonRecord)) {
    const variables = variablesOf(state);
    if (variables.length > 0) references[name] = variables;
  }
  return references;
}

function* statesIn(group: JsonRecord): Iterable<[string, JsonRecord]> {
  const states = group['States'];
  if (!isRecord(states)) return;
  for (const [name, state] of Object.entries(states)) {
    if (!isRecord(state)) continue;
    yield [name, state];
    for (const inner of GROUP_FIELDS.flatMap((field) => state[field] ?? [])) {
      if (isRecord(inner as Json)) yield* statesIn(inner as JsonRecord);
    }
  }
}

function variablesOf(state: JsonRecord): string[] {
  const own = Object.fromEntries(Object.entries(state).filter(([field]) => !GROUP_FIELDS.includes(field)));
  const names = [...expressionsIn(own, '')].flatMap(
    ({ text }) => expressionReferences(compileExpression(text).ast).variables,
  );
  return [...new Set(names)].filter((name) => !JSONATA_FUNCTIONS.has(name)).toSorted();
}

/** Functions may stand for themselves, as in `$map($list, $string)`. */
const JSONATA_FUNCTIONS = new Set(
  `abs append assert average base64decode base64encode boolean ceil clone contains count decodeUrl decodeUrlComponent
  distinct each encodeUrl encodeUrlComponent error eval exists filter floor formatBase formatInteger formatNumber
  fromMillis hash join keys length lookup lowercase map match max merge millis min not now number pad parse
  parseInteger partition power random range reduce replace reverse round shuffle sift single sort split spread sqrt
  string substring substringAfter substringBefore sum toMillis trim type uppercase uuid zip`.split(/\s+/),
);
