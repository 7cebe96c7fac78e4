import type { AttemptRecord } from '../../engine/store-ports.ts';
import { eventTypes, letterOf, type EventType } from '../../../shared/domain/event.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { OrchestrationView } from '../../../shared/domain/orchestration.ts';
import type { LedgerRow } from '../ledger/ledger-lines.ts';
import { createPacker } from '../commits/pack.ts';
import type { PackedAttempt, PackedInstance, PackedOrchestration } from '../protocol.ts';
import { upgradeOrchestration } from '../commits/view-defaults.ts';

const nothing = {
  events: [],
  created: [],
  orchestrations: [],
  instances: [],
  attempts: [],
  specs: [],
  records: [],
};

/** What the writer makes of a row, with the row's own text kept. @throws RangeError, TypeError for one that is none */
export const packOrchestrationText = (text: string): PackedOrchestration => {
  const view = upgradeOrchestration(JSON.parse(text) as OrchestrationView);
  const [packed] = createPacker()({ ...nothing, orchestrations: [view] }).orchestrations;
  if (packed === undefined) throw new RangeError('An orchestration gives a row.');
  return { ...packed, view: text };
};

export const packInstanceText = (text: string): PackedInstance => {
  const view = JSON.parse(text) as InstanceView;
  const [packed] = createPacker()({ ...nothing, instances: [view] }).instances;
  if (packed === undefined) throw new RangeError('An instance gives a row.');
  return { ...packed, view: text, tools: view.tools };
};

export const packAttemptText = (record: string, spec: string): PackedAttempt => {
  const attempt = { ...JSON.parse(record), spec: null } as unknown as AttemptRecord;
  const [packed] = createPacker()({ ...nothing, attempts: [attempt] }).attempts;
  if (packed === undefined) throw new RangeError('An attempt gives a row.');
  return { ...packed, record, spec };
};

const isEventType = (type: string): type is EventType => eventTypes.has(type);

/** The letter of an event; null when this version does not know its type. */
export const letterOfLine = ({ d }: LedgerRow<'event'>): string | null =>
  isEventType(d.type) ? letterOf(d.type) : null;
