#!/usr/bin/env node
// Stands in for Claude Code: tells the time (epoch milliseconds), whole messages at a steady rate, until it is interrupted
// or its input ends. Messages a second by environment.
import { writeSync } from 'node:fs';

const [first] = process.argv.slice(2);
if (first === '--version') console.log('2.1.330 (Claude Code)');
else if (first === '--help') {
  for (const flag of ['verbose', 'input-format', 'output-format', 'include-partial-messages'])
    console.log(`  --${flag}`);
} else tell();

function tell() {
  const rate = Number(process.env.TELLER_RATE ?? 50);
  const model = 'claude-opus-5-5';
  const usage = { input_tokens: 12, cache_read_input_tokens: 900, output_tokens: 1 };
  const common = { session_id: '5f0c1f7e-8d3b-4b52-9b0e-0a4a0a5ad9a3', parent_tool_use_id: null };
  const print = (line) => writeSync(1, `${JSON.stringify({ ...line, ...common })}\n`);
  const message = (id) => ({
    ...{ id: `msg_${String(id)}`, type: 'message', role: 'assistant', model, usage },
    content: [{ type: 'text', text: String(Date.now()) }],
  });
  const end = () => {
    const success = { subtype: 'success', is_error: false, num_turns: 1, result: 'told', usage };
    print({ type: 'result', ...success, total_cost_usd: 0 });
    process.exit(0);
  };
  print({ type: 'system', subtype: 'init', cwd: '/w', tools: [], model, permissionMode: 'default' });
  const start = performance.now();
  let told = 0;
  setInterval(() => {
    for (const due = ((performance.now() - start) / 1000) * rate; told < due; told++)
      print({ type: 'assistant', message: message(told) });
  }, 1000 / rate);
  process.on('SIGINT', end);
  process.stdin.on('end', end).resume();
}
