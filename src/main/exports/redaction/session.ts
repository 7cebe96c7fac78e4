import type { OrchestrationEvent } from '../../../shared/domain/event.ts';
import type { AttemptId } from '../../../shared/domain/ids.ts';
import type { StoredOrchestration } from '../../engine/store-ports.ts';
import type { Session } from '../session.ts';
import { environmentValues, knownSecrets, withoutEnvironment } from './environment.ts';
import { createKeyFilter, type KeyFilter } from './key-lines.ts';
import { createRedactor, type Redactor, type Tally } from './redactor.ts';

/** What stands for a secret. */
export const mark = '[redacted]';

/** Values this short stand in a plan for other things too. */
const leastLength = 4;

const redactedPlan = (stored: StoredOrchestration, redactor: Redactor, tally: Tally): string => {
  const kind = 'value of the environment';
  const count = (): void => {
    tally.set(kind, (tally.get(kind) ?? 0) + 1);
  };
  let text = withoutEnvironment(stored.source.planText, mark, count);
  for (const value of environmentValues(stored)) {
    if (value.length < leastLength || !text.includes(value) || mark.includes(value)) continue;
    count();
    text = text.replaceAll(value, mark);
  }
  return redactor.text(text);
};

const redactedStored = (
  stored: StoredOrchestration,
  redactor: Redactor,
  tally: Tally,
): StoredOrchestration => ({
  orchestration: redactor.value(stored.orchestration),
  source: { plan: redactor.spec(stored.source.plan), planText: redactedPlan(stored, redactor, tally) },
  instances: redactor.value(stored.instances),
  attempts: redactor.spec(stored.attempts),
  specs: redactor.spec(stored.specs),
});

/** Takes secrets out of events in order: what a process says on stderr is an event a line, also a key of many lines. */
const createEventRedaction = (redactor: Redactor, tally: Tally) => {
  const filters = new Map<AttemptId | null, KeyFilter>();
  return (event: OrchestrationEvent): OrchestrationEvent => {
    const { body, attemptId } = event;
    if (body.type !== 'stderr' && body.type !== 'raw') {
      return redactor.isSuspect(JSON.stringify(body)) ? { ...event, body: redactor.value(body) } : event;
    }
    const filter = filters.get(attemptId) ?? createKeyFilter(tally);
    filters.set(attemptId, filter);
    const text = filter(body.text) ? mark : redactor.text(body.text);
    return { ...event, body: { ...body, text } };
  };
};

async function* mapped(
  pages: AsyncIterable<readonly OrchestrationEvent[]>,
  change: (event: OrchestrationEvent) => OrchestrationEvent,
): AsyncGenerator<readonly OrchestrationEvent[], void> {
  for await (const page of pages) yield page.map(change);
}

/** A session with its secrets taken out of everything that it gives; `tally` counts them. */
export const redactedSession = (session: Session, tally: Tally): Session => {
  const redactor = createRedactor({ known: knownSecrets(session.stored), mark, tally });
  return {
    stored: redactedStored(session.stored, redactor, tally),
    events: () => mapped(session.events(), createEventRedaction(redactor, tally)),
    eventsOf: (id) => mapped(session.eventsOf(id), createEventRedaction(redactor, tally)),
    secrets: knownSecrets(session.stored),
  };
};
