import { v7 as uuidv7 } from 'uuid';
import { attemptIdSchema, instanceIdSchema, orchestrationIdSchema } from '../../shared/domain/ids.ts';
import type { Chance, Clock, IdSource } from '../engine/ports.ts';

/** The machine's time. Its timers do not keep the process alive. */
export const systemClock: Clock = {
  now: () => Date.now(),
  monotonic: () => performance.now(),
  after: (delayMs, run) => {
    const timer = setTimeout(run, delayMs).unref();
    return () => {
      clearTimeout(timer);
    };
  },
};

export const systemChance: Chance = { next: () => Math.random() };

/** Ids of this machine's time and chance. */
export const systemIds: IdSource = {
  orchestrationId: () => orchestrationIdSchema.parse(uuidv7()),
  instanceId: () => instanceIdSchema.parse(uuidv7()),
  attemptId: () => attemptIdSchema.parse(uuidv7()),
};
