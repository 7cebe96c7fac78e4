import { Notification } from 'electron';
import type { EndedOrchestration } from '../engine-process/messages.ts';

const instances = (count: number): string => (count === 1 ? '1 instance' : `${String(count)} instances`);

/** What a notification says of an orchestration that has ended. */
export const wordsForEnd = ({
  name,
  state,
  instanceCount,
  failed,
}: EndedOrchestration): { readonly title: string; readonly body: string } => {
  const outcome = { succeeded: 'succeeded', failed: 'failed', stopped: 'was stopped', running: 'ended' }[
    state
  ];
  const body =
    state === 'failed'
      ? `${String(failed)} of ${instances(instanceCount)} failed.`
      : `${instances(instanceCount)} ran.`;
  return { title: `${name} ${outcome}`, body };
};

/** Notifications that can still be clicked; one that nobody holds is collected, and its click with it. */
const shown = new Set<Notification>();

/** Tells of an orchestration that has ended; `open` is called when the person clicks. */
export const notifyEnd = (orchestration: EndedOrchestration, open: () => void): void => {
  if (!Notification.isSupported()) return;
  const notification = new Notification(wordsForEnd(orchestration));
  shown.add(notification);
  const forget = (): void => {
    shown.delete(notification);
  };
  notification.on('click', () => {
    forget();
    open();
  });
  notification.on('close', forget);
  notification.show();
};
