import { createHash } from 'node:crypto';
import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { StoredOrchestration } from '../../engine/store-ports.ts';

/** A value as JSON with its keys in order, so that equal values have equal texts. */
const canonical = (value: unknown): string =>
  JSON.stringify(value, (_key, part: unknown) => {
    if (typeof part !== 'object' || part === null || Array.isArray(part)) return part;
    return Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : a > b ? 1 : 0)));
  });

/** What says whether two orchestrations are the same one. */
export type Content = {
  event(event: OrchestrationEvent): void;
  /** SHA-256 in hexadecimal digits. */
  digest(): string;
};

/**
 * The checksum of an orchestration's content: all but where it came from and what people put on it (marks, its name). It
 * is settled, and its events come in order.
 */
export const contentOf = ({
  orchestration,
  source,
  instances,
  attempts,
  specs,
}: StoredOrchestration): Content => {
  const hash = createHash('sha256');
  const { origin: _origin, name: _name, labels: _labels, note: _note, ...view } = orchestration;
  const { pinned: _pinned, deletedAt: _deletedAt, ...content } = view;
  hash.update(canonical([content, source, instances, attempts, specs]));
  return {
    event: ({ seq, instanceId, n, attemptId, at, source: range, body }) => {
      hash.update(
        `\n${JSON.stringify([seq, instanceId, n, attemptId, at, range?.stream, range?.offset, range?.length])}`,
      );
      hash.update(JSON.stringify(body));
    },
    digest: () => hash.digest('hex'),
  };
};
