import { inboxOf, type InboxItem, type InboxKind } from '../../shared/domain/inbox.ts';
import type { InstanceView } from '../../shared/domain/instance.ts';

/** What only the whole inbox, or the plan, knows of an item. */
type NotOfOne = 'orchestration' | 'alsoFor' | 'answeredAutomatically';

export type AskOf<Kind extends InboxKind> = Omit<Extract<InboxItem, { readonly kind: Kind }>, NotOfOne>;

/** Something that an instance waits for a person for. Its id is that of the inbox. */
export type Ask = { readonly [Kind in InboxKind]: AskOf<Kind> }[InboxKind];

/** All that an instance waits for a person for, oldest first. */
export const asksOf = (instance: InstanceView): readonly Ask[] =>
  inboxOf({ orchestrations: [], instances: [instance], policyOf: () => null });
