import type { Environment } from '@marcbachmann/cel-js';

/**
 * Lets whole numbers as they are written (`1`, bigint) and numbers of data (double, as JSON has them) be reckoned with
 * and compared together, which CEL does not: `1 + inputs.n` is what people expect, whatever `n` is.
 */
export const registerArithmetic = (environment: Environment): Environment => {
  const operators: Readonly<Record<string, (a: number, b: number) => number>> = {
    '+': (a, b) => a + b,
    '-': (a, b) => a - b,
    '*': (a, b) => a * b,
    '/': (a, b) => a / b,
    '%': (a, b) => a % b,
  };
  for (const [sign, act] of Object.entries(operators)) {
    const handler = (a: number | bigint, b: number | bigint): number => act(Number(a), Number(b));
    environment.registerOperator(`int ${sign} double: double`, handler);
    environment.registerOperator(`double ${sign} int: double`, handler);
    if (sign === '%') environment.registerOperator('double % double: double', handler);
  }
  environment.registerOperator('int == double: bool', (a: bigint, b: number) => Number(a) === b);
  const sync = { async: false };
  environment.registerFunction(
    'string.substring(double): string',
    (text: string, start: number) => text.slice(start),
    sync,
  );
  environment.registerFunction(
    'string.substring(double, double): string',
    (text: string, start: number, end: number) => text.slice(start, end),
    sync,
  );
  return environment;
};
