/** The permission modes Claude Code takes; `default` is the word of older releases for `manual`. */
export const PERMISSION_MODES = [
  'acceptEdits',
  'auto',
  'bypassPermissions',
  'default',
  'dontAsk',
  'manual',
  'plan',
] as const;
export const INSTANCE_MODES = ['live', 'oneshot'] as const;
export const OUTPUT_FORMATS = ['stream-json', 'json'] as const;

export type PermissionMode = (typeof PERMISSION_MODES)[number];
export type InstanceMode = (typeof INSTANCE_MODES)[number];
export type OutputFormat = (typeof OUTPUT_FORMATS)[number];
