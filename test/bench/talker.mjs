#!/usr/bin/env node
// Stands in for Claude Code: talks at a steady rate until it is told to end. Lines a second and seconds by environment.
import { createInterface } from 'node:readline';

const [first] = process.argv.slice(2);
if (first === '--version') console.log('2.1.330 (Claude Code)');
else if (first === '--help') {
  for (const flag of ['verbose', 'input-format', 'output-format', 'include-partial-messages'])
    console.log(`  --${flag}`);
} else talk();

function talk() {
  const session = '5f0c1f7e-8d3b-4b52-9b0e-0a4a0a5ad9a2';
  const usage = {
    input_tokens: 12,
    cache_creation_input_tokens: 30,
    cache_read_input_tokens: 900,
    output_tokens: 1,
  };
  const model = 'claude-opus-5-5';
  const say = (line) =>
    console.log(JSON.stringify({ ...line, session_id: session, parent_tool_use_id: null }));
  const delta = (text) => ({ type: 'content_block_delta', index: 0, delta: { type: 'text_delta', text } });
  let count = 0;
  say({ type: 'system', subtype: 'init', cwd: '/w', tools: [], model, permissionMode: 'default' });
  const timer = setInterval(
    () => {
      const id = `msg_${String(Math.floor(count / 25))}`;
      const part = count % 25;
      count += 1;
      if (part === 0) {
        const message = { id, type: 'message', role: 'assistant', model, content: [], usage };
        say({ type: 'stream_event', event: { type: 'message_start', message } });
      } else if (part < 24)
        say({ type: 'stream_event', event: delta(`word ${String(count)} of what it says `) });
      else {
        const content = [{ type: 'text', text: 'word of what it says '.repeat(23) }];
        say({
          type: 'assistant',
          message: { id, type: 'message', role: 'assistant', model, content, usage },
        });
      }
    },
    1000 / Number(process.env.TALKER_RATE ?? 50),
  );
  createInterface({ input: process.stdin }).on('close', () => {
    clearInterval(timer);
    say({
      type: 'result',
      subtype: 'success',
      is_error: false,
      num_turns: 1,
      result: 'said',
      total_cost_usd: 0,
      usage,
    });
  });
}
