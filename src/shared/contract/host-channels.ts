/** The IPC channels between the desktop's main process and its preload: all there are. */
export const hostChannels = {
  /** Page → main: a nonce; main answers with `enginePort`. */
  connectEngine: 'engine:connect',
  /** Main → page: the nonce, with a MessagePort to the engine. */
  enginePort: 'engine:port',
  pickPlanFile: 'dialog:plan-file',
  pickFolder: 'dialog:folder',
  openExternal: 'external:open',
  /** Main → page: the id of a command of the application menu. */
  command: 'menu:command',
} as const;
