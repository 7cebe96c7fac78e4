/** What the main process tells a utility process. `wire` is text of the codec. */
export type ToUtility =
  | { readonly kind: 'message'; readonly wire: string; readonly ports: readonly string[] }
  | { readonly kind: 'port'; readonly port: string; readonly wire: string }
  | { readonly kind: 'port-closed'; readonly port: string };

/** What a utility process tells the main process. */
export type FromUtility =
  | { readonly kind: 'message'; readonly wire: string }
  | { readonly kind: 'port'; readonly port: string; readonly wire: string }
  | { readonly kind: 'port-closed'; readonly port: string };
