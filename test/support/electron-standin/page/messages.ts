/** What the host tells a page's preload world. `wire` is text of the codec. */
export type ToPage =
  | {
      readonly kind: 'event';
      readonly channel: string;
      readonly wire: string;
      readonly ports: readonly string[];
    }
  | { readonly kind: 'result'; readonly id: number; readonly wire?: string; readonly error?: string }
  | { readonly kind: 'port'; readonly port: string; readonly wire: string }
  | { readonly kind: 'port-closed'; readonly port: string };

/** What a page's preload world tells the host. */
export type FromPage =
  | { readonly kind: 'send'; readonly channel: string; readonly wire: string }
  | { readonly kind: 'invoke'; readonly id: number; readonly channel: string; readonly wire: string }
  | { readonly kind: 'port'; readonly port: string; readonly wire: string }
  | { readonly kind: 'port-closed'; readonly port: string }
  | {
      readonly kind: 'window-open';
      readonly url: string;
      readonly frameName: string;
      readonly features: string;
    }
  | { readonly kind: 'preload-done'; readonly error?: string };

/** What a sandboxed preload may know of its process. */
export interface PageProcessInfo {
  readonly platform: string;
  readonly arch: string;
  readonly versions: Readonly<Record<string, string | undefined>>;
  readonly argv: readonly string[];
}
