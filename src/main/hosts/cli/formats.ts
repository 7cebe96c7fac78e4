/** How an orchestration is shown: for people, each event as JSON, or one report as JSON. */
export const formats = ['text', 'ndjson', 'json'] as const;
export type Format = (typeof formats)[number];
