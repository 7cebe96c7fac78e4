import { Page } from '../../ui/layout.tsx';
export const OverviewScreen = () => <Page title="x">{null}</Page>;
