import { spawn } from 'node:child_process';
import { performance } from 'node:perf_hooks';

/**
 * What the ingest is measured against: starts the same programs, reads what they print, splits it into lines and parses
 * each as JSON. Prints the milliseconds and the lines. Arguments: the program, how many of it.
 */
const [program = '', count = '1'] = process.argv.slice(2);
let parsed = 0;

const read = async (): Promise<void> => {
  const child = spawn(program, ['-p'], { stdio: ['ignore', 'pipe', 'inherit'] });
  let rest = '';
  child.stdout.setEncoding('utf8');
  for await (const chunk of child.stdout) {
    const lines = (rest + String(chunk)).split('\n');
    rest = lines.pop() ?? '';
    for (const line of lines) if (JSON.parse(line) !== null) parsed += 1;
  }
};

const start = performance.now();
await Promise.all(Array.from({ length: Number(count) }, read));
console.log(JSON.stringify({ ms: performance.now() - start, lines: parsed }));
