import { Page } from '../../ui/layout.tsx';

/** Where a plan is written, checked and run. */
export const PlanScreen = () => <Page title="Run a plan">{null}</Page>;
