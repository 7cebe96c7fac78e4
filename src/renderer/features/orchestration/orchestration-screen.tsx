import type { OrchestrationId } from '../../../shared/domain/ids.ts';
import { Page } from '../../ui/layout.tsx';
export const OrchestrationScreen = ({ id }: { readonly id: OrchestrationId }) => <Page title="x">{id}</Page>;
