import { navigate } from 'wouter/use-hash-location';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';

/** Addresses of the screens, behind the `#`: the same under `app://` and http. Links take them as `href`. */
export const routes = {
  overview: '/',
  sessions: '/sessions',
  plan: '/plan',
  orchestration: (id: OrchestrationId) => `/orchestration/${id}`,
  instance: (orchestration: OrchestrationId, id: InstanceId) =>
    `/orchestration/${orchestration}/instance/${id}`,
} as const;

/** Goes to a screen. */
export const go = (route: string): void => {
  navigate(route);
};
