import path from 'node:path';

/** Workers of the tests, and every program that a test starts, take what Node has compiled before: half their start. */
export default function compileCache(): void {
  process.env['NODE_COMPILE_CACHE'] ??= path.resolve('node_modules/.cache/compile');
}
