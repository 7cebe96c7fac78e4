/** Values that hold where a plan says nothing: all of them, and here only. Durations are as people write them. */
export const PLAN_DEFAULTS = {
  workspace: '.',
  concurrency: 5,
  startupDelay: '1s',
  mode: 'live',
  outputFormat: 'stream-json',
  inputType: 'string',
  missed: 'run',
  onExceed: 'stop',
  need: 'succeeded',
  join: 'all',
  run: 'latest',
  as: 'item',
  /** Items of a fan-out. */
  max: 100,
  retry: {
    attempts: 3,
    backoff: '10s',
    factor: 2,
    maxBackoff: '5m',
    jitter: 0.2,
    on: ['overloaded', 'rate_limit', 'timeout', 'hung', 'crashed'],
  },
  checkTimeout: '10m',
  rounds: 5,
  loopPrompt: 'The check of your work did not pass. It said:\n\n{{ check.output }}\n\nGo on until it passes.',
  keep: 'on_failure',
  permissions: { afterWait: '1h', then: 'deny' },
} as const;

/** A matrix may come to so many instances. */
export const MATRIX_MAX = 1000;
