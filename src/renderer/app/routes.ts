import { navigate } from 'wouter/use-hash-location';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';

/** Addresses of the screens, behind the `#`: the same under `app://` and http. Links take them as `href`. */
export const routes = {
  overview: '/',
  sessions: '/sessions',
  search: '/search',
  usage: '/usage',
  storage: '/storage',
  plan: '/plan',
  orchestration: (id: OrchestrationId) => `/orchestration/${id}`,
  instance: (orchestration: OrchestrationId, id: InstanceId) =>
    `/orchestration/${orchestration}/instance/${id}`,
  /** An event of an instance, by its number. */
  event: (orchestration: OrchestrationId, id: InstanceId, n: number) =>
    `/orchestration/${orchestration}/instance/${id}/event/${String(n)}`,
  compare: (left: OrchestrationId, right: OrchestrationId) => `/compare/${left}/${right}`,
} as const;

/** Goes to a screen. */
export const go = (route: string): void => {
  navigate(route);
};
