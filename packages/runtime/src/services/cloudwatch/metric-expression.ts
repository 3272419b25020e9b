/** A compiled metric math expression, evaluated for one period; undefined: no datapoint. */
export type Expression = (valueOf: (id: string) => number | undefined) => number | undefined;

/** The expression uses something of metric math that is not evaluated here. */
export class UnsupportedExpression extends Error {
  override readonly name = 'UnsupportedExpression';
}

const TOKEN = /\s*(?:(\d+(?:\.\d+)?)|([A-Za-z_]\w*)|(>=|<=|==|!=|&&|\|\||[-+*/()[\],<>]))/y;

type BinaryOperation = (left: number, right: number) => number;

const BINARY: Readonly<Record<string, BinaryOperation>> = {
  '||': (left, right) => Number(left !== 0 || right !== 0),
  '&&': (left, right) => Number(left !== 0 && right !== 0),
  '==': (left, right) => Number(left === right),
  '!=': (left, right) => Number(left !== right),
  '<': (left, right) => Number(left < right),
  '>': (left, right) => Number(left > right),
  '<=': (left, right) => Number(left <= right),
  '>=': (left, right) => Number(left >= right),
  '+': (left, right) => left + right,
  '-': (left, right) => left - right,
  '*': (left, right) => left * right,
  '/': (left, right) => left / right,
};

/** Binds weakest first. */
const LEVELS = [['||'], ['&&'], ['==', '!=', '<', '>', '<=', '>='], ['+', '-'], ['*', '/']];

const AGGREGATES: Readonly<Record<string, (values: number[]) => number>> = {
  SUM: (values) => values.reduce((sum, value) => sum + value, 0),
  AVG: (values) => values.reduce((sum, value) => sum + value, 0) / values.length,
  MIN: (values) => Math.min(...values),
  MAX: (values) => Math.max(...values),
};

/**
 * Compiles what alarms need of metric math: arithmetic, comparisons, `FILL(m, 0)`, `IF(condition, a, b)` and `SUM`,
 * `AVG`, `MIN`, `MAX` over a list `[a, b]`. A period in which an operand has no datapoint has none either.
 * @throws UnsupportedExpression.
 */
export function compileExpression(text: string): Expression {
  return new Parser(text).parse();
}

/** Recursive descent over one expression. */
class Parser {
  readonly #text: string;
  readonly #tokens: readonly string[];
  #position = 0;

  constructor(text: string) {
    this.#text = text;
    this.#tokens = tokenize(text);
  }

  parse(): Expression {
    const expression = this.#binary(0);
    if (this.#peek() !== undefined) throw unsupported(this.#text, `${this.#peek()} is not expected`);
    return expression;
  }

  #binary(level: number): Expression {
    const operators = LEVELS[level];
    if (!operators) return this.#unary();
    let left = this.#binary(level + 1);
    for (let operator = this.#peek(); operator !== undefined && operators.includes(operator); operator = this.#peek()) {
      this.#next();
      left = combine(BINARY[operator] as BinaryOperation, left, this.#binary(level + 1));
    }
    return left;
  }

  #unary(): Expression {
    if (this.#peek() !== '-') return this.#primary();
    this.#next();
    return combine(
      (zero, value) => zero - value,
      () => 0,
      this.#unary(),
    );
  }

  #primary(): Expression {
    const token = this.#next();
    if (token === '(') {
      const inner = this.#binary(0);
      this.#expect(')');
      return inner;
    }
    if (/^\d/.test(token)) return () => Number(token);
    if (!/^[A-Za-z_]/.test(token)) throw unsupported(this.#text, `${token} is not expected`);
    return this.#peek() === '(' ? this.#call(token) : (valueOf) => valueOf(token);
  }

  #call(name: string): Expression {
    this.#expect('(');
    const list = this.#peek() === '[';
    if (list) this.#next();
    const operands = [this.#binary(0)];
    while (this.#peek() === ',') {
      this.#next();
      operands.push(this.#binary(0));
    }
    if (list) this.#expect(']');
    this.#expect(')');
    const called = list ? aggregateOver(name, operands) : functionOf(name, operands);
    if (!called) throw unsupported(this.#text, `${name} is not evaluated`);
    return called;
  }

  #peek(): string | undefined {
    return this.#tokens[this.#position];
  }

  #next(): string {
    const token = this.#tokens[this.#position];
    this.#position += 1;
    if (token === undefined) throw unsupported(this.#text, 'it ends too soon');
    return token;
  }

  #expect(token: string): void {
    if (this.#next() !== token) throw unsupported(this.#text, `${token} is missing`);
  }
}

function functionOf(name: string, operands: readonly Expression[]): Expression | undefined {
  const [first, second, third] = operands;
  if (!first || !second || operands.length > 3) return undefined;
  if (name === 'FILL' && !third) return (valueOf) => first(valueOf) ?? second(valueOf);
  if (name !== 'IF') return undefined;
  return (valueOf) => {
    const condition = first(valueOf);
    if (condition === undefined) return undefined;
    return condition !== 0 ? second(valueOf) : third?.(valueOf);
  };
}

function tokenize(text: string): string[] {
  const tokens: string[] = [];
  const trimmed = text.trim();
  TOKEN.lastIndex = 0;
  while (TOKEN.lastIndex < trimmed.length) {
    const at = TOKEN.lastIndex;
    const found = TOKEN.exec(trimmed);
    if (!found) throw unsupported(text, `${trimmed.slice(at, at + 10)} is not understood`);
    tokens.push(found[1] ?? found[2] ?? found[3] ?? '');
  }
  return tokens;
}

/** Division by zero gives no datapoint, as in CloudWatch. */
function combine(operate: BinaryOperation, left: Expression, right: Expression): Expression {
  return (valueOf) => {
    const [leftValue, rightValue] = [left(valueOf), right(valueOf)];
    if (leftValue === undefined || rightValue === undefined) return undefined;
    const result = operate(leftValue, rightValue);
    return Number.isFinite(result) ? result : undefined;
  };
}

/** Metrics without a datapoint are left out; without any there is none. */
function aggregateOver(name: string, operands: readonly Expression[]): Expression | undefined {
  const aggregate = Object.hasOwn(AGGREGATES, name) ? AGGREGATES[name] : undefined;
  if (!aggregate) return undefined;
  return (valueOf) => {
    const values = operands.map((operand) => operand(valueOf)).filter((value) => value !== undefined);
    return values.length > 0 ? aggregate(values) : undefined;
  };
}

function unsupported(expression: string, why: string): UnsupportedExpression {
  return new UnsupportedExpression(`The expression ${expression} is not evaluated here: ${why}.`);
}
