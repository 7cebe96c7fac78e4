import { Page } from '../../ui/layout.tsx';
export const SessionsScreen = () => <Page title="x">{null}</Page>;
