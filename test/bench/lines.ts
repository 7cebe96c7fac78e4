import { createWriteStream } from 'node:fs';
import { chmod, writeFile } from 'node:fs/promises';
import { once } from 'node:events';
import { join } from 'node:path';

const session = '5f0c1f7e-8d3b-4b52-9b0e-0a4a0a5ad9a1';

const init = JSON.stringify({
  ...{ type: 'system', subtype: 'init', cwd: '/workspace', session_id: session, tools: [], mcp_servers: [] },
  ...{
    model: 'claude-opus-5-5',
    permissionMode: 'default',
    apiKeySource: 'none',
    claude_code_version: '2.1.330',
  },
});

const usage = {
  input_tokens: 12,
  cache_creation_input_tokens: 30,
  cache_read_input_tokens: 900,
  output_tokens: 1,
};

const assistant = (index: number, bytes: number): string => {
  const line = (text: string): string =>
    JSON.stringify({
      type: 'assistant',
      message: {
        ...{ id: `msg_${String(index).padStart(8, '0')}`, type: 'message', role: 'assistant' },
        ...{ model: 'claude-opus-5-5', content: [{ type: 'text', text }], usage },
      },
      ...{ parent_tool_use_id: null, session_id: session, timestamp: '2026-11-22T09:00:36.190Z' },
    });
  return line('lorem ipsum '.repeat(60).slice(0, Math.max(0, bytes - line('').length - 1)));
};

const result = (lines: number): string =>
  JSON.stringify({
    ...{
      type: 'result',
      subtype: 'success',
      is_error: false,
      num_turns: 1,
      result: 'printed',
      session_id: session,
    },
    ...{ total_cost_usd: 1.5, usage, terminal_reason: 'completed', duration_ms: 1 },
    model_usage_since_last_result: {
      'claude-opus-5-5': {
        ...{ inputTokens: 12 * lines, outputTokens: lines, cacheReadInputTokens: 900 * lines },
        ...{ cacheCreationInputTokens: 30 * lines, costUSD: 1.5 },
      },
    },
  });

/** Writes what a Claude Code that only talks would print: `lines` lines of `bytes` bytes each, newline included. */
export const writeStream = async (file: string, lines: number, bytes: number): Promise<void> => {
  const stream = createWriteStream(file);
  for (let index = 0; index < lines; index++) {
    const line = index === 0 ? init : index === lines - 1 ? result(lines) : assistant(index, bytes);
    if (!stream.write(`${line}\n`)) await once(stream, 'drain');
  }
  stream.end();
  await once(stream, 'finish');
};

/** Makes a program that stands in for Claude Code and only prints a file, then does `after`; answers with its path. */
export const writePrinter = async (folder: string, file: string, after = ''): Promise<string> => {
  const path = join(folder, 'claude');
  const script = [
    '#!/bin/sh',
    'case "$1" in',
    '  --version) echo "2.1.330 (Claude Code)" ;;',
    '  --help) printf "  --%s\\n" verbose input-format output-format include-partial-messages ;;',
    after === '' ? `  *) exec cat '${file}' ;;` : `  *) cat '${file}'; ${after} ;;`,
    'esac',
    '',
  ];
  await writeFile(path, script.join('\n'));
  await chmod(path, 0o755);
  return path;
};
