import type { InstanceId, OrchestrationId } from '../../../shared/domain/ids.ts';
import { Page } from '../../ui/layout.tsx';

type InstanceScreenProps = { readonly orchestrationId: OrchestrationId; readonly instanceId: InstanceId };

/** One instance, live or past. */
export const InstanceScreen = ({ instanceId }: InstanceScreenProps) => (
  <Page title="Instance">{instanceId}</Page>
);
