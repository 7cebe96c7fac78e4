/** Lines as Claude Code prints them, with only what a test is about. */
export const init = {
  type: 'system',
  subtype: 'init',
  session_id: 's',
  model: 'claude-opus-5-5',
  cwd: '/repo',
};
export const assistant = (
  id: string,
  content: readonly object[],
  parent: string | null = null,
  timestamp?: string,
) => ({
  type: 'assistant',
  message: { id, model: 'claude-opus-5-5', content },
  parent_tool_use_id: parent,
  timestamp,
});
export const call = (id: string, name: string, input: object) => ({ type: 'tool_use', id, name, input });
export const toolResult = (id: string, content: unknown, parent: string | null = null) => ({
  type: 'user',
  message: { role: 'user', content: [{ type: 'tool_result', tool_use_id: id, content }] },
  parent_tool_use_id: parent,
});
export const question = (requestId: string, toolUseId: string, more: object = {}) => ({
  type: 'control_request',
  request_id: requestId,
  request: {
    subtype: 'can_use_tool',
    tool_name: 'Bash',
    tool_use_id: toolUseId,
    input: { command: 'rm x' },
    ...more,
  },
});
export const retry = (attempt: number, error = 'rate_limit', delay = 1000) => ({
  type: 'system',
  subtype: 'api_retry',
  attempt,
  max_retries: 10,
  retry_delay_ms: delay,
  error_status: 429,
  error,
});
