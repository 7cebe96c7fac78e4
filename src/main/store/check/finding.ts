/** What a check found: a `problem` that `repair` is for, or a `note` about something that is only worth knowing. */
export type Finding = { readonly kind: 'problem' | 'note'; readonly text: string };

export const problem = (text: string): Finding => ({ kind: 'problem', text });
export const note = (text: string): Finding => ({ kind: 'note', text });

/** In the words of SQL: the keys of orchestrations that are there; those that are being removed are in no list any more. */
export const listed = 'SELECT key FROM orchestrations EXCEPT SELECT orchestration_key FROM removals';
