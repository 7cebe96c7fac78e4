/**
 * What the desktop app gives its page beyond a browser, as `window.host`: the whole of the preload. After
 * `requestEnginePort` the page gets one message `{ kind: 'engine-port', nonce }` with a MessagePort straight to the engine.
 */
export type HostCapabilities = {
  readonly kind: 'desktop';
  readonly platform: string;
  readonly requestEnginePort: (nonce: string) => void;
  /** The path of a file that was dropped or chosen; takes a DOM `File`. */
  readonly pathForFile: (file: unknown) => string;
  /** Shows a dialog; null when it was called off. */
  readonly pickPlanFile: () => Promise<string | null>;
  readonly pickFolder: () => Promise<string | null>;
  /** Opens an `https:` or `mailto:` address outside; anything else is refused. */
  readonly openExternal: (address: string) => Promise<void>;
  /** Calls back with the id of a command chosen in the application menu; gives a function that ends it. */
  readonly onCommand: (listener: (command: string) => void) => () => void;
};
