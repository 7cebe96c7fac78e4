import { Route, Router, Switch } from 'wouter';
import type { InstanceId, OrchestrationId } from '../../shared/domain/ids.ts';
import { instanceIdSchema, orchestrationIdSchema } from '../../shared/domain/ids.ts';
import { EngineProvider, type Engine } from '../data/engine.tsx';
import { CompareScreen } from '../features/compare/compare-screen.tsx';
import { InstanceScreen } from '../features/instance/instance-screen.tsx';
import { OrchestrationScreen } from '../features/orchestration/orchestration-screen.tsx';
import { OverviewScreen } from '../features/overview/overview-screen.tsx';
import { PlanScreen } from '../features/plan/plan-screen.tsx';
import { SearchScreen } from '../features/search/search-screen.tsx';
import { SessionsScreen } from '../features/sessions/sessions-screen.tsx';
import { StorageScreen } from '../features/storage/storage-screen.tsx';
import { UsageScreen } from '../features/usage-report/usage-screen.tsx';
import { TooltipProvider } from '../ui/tooltip.tsx';
import { useHashPath } from './hash-path.ts';
import { NotFound } from './not-found.tsx';
import { Shell } from './shell.tsx';

const withOrchestration = (
  id: string | undefined,
  show: (id: OrchestrationId) => React.ReactNode,
): React.ReactNode => {
  const parsed = orchestrationIdSchema.safeParse(id);
  return parsed.success ? show(parsed.data) : <NotFound />;
};

const withInstance = (
  id: string | undefined,
  instance: string | undefined,
  show: (id: OrchestrationId, instance: InstanceId) => React.ReactNode,
): React.ReactNode => {
  const parsed = instanceIdSchema.safeParse(instance);
  return withOrchestration(id, (orchestration) =>
    parsed.success ? show(orchestration, parsed.data) : <NotFound />,
  );
};

const eventNumber = (text: string | undefined): number | null =>
  text !== undefined && /^\d{1,9}$/.test(text) ? Number(text) : null;

const Screens = () => (
  <Switch>
    <Route path="/" component={OverviewScreen} />
    <Route path="/sessions" component={SessionsScreen} />
    <Route path="/search" component={SearchScreen} />
    <Route path="/usage" component={UsageScreen} />
    <Route path="/storage" component={StorageScreen} />
    <Route path="/plan" component={PlanScreen} />
    <Route path="/compare/:left/:right">
      {(params) =>
        withOrchestration(params.left, (left) =>
          withOrchestration(params.right, (right) => (
            <CompareScreen key={`${left} ${right}`} left={left} right={right} />
          )),
        )
      }
    </Route>
    <Route path="/orchestration/:id/instance/:instance/event/:n">
      {(params) =>
        withInstance(params.id, params.instance, (orchestrationId, instanceId) => (
          <InstanceScreen
            key={instanceId}
            orchestrationId={orchestrationId}
            instanceId={instanceId}
            event={eventNumber(params.n)}
          />
        ))
      }
    </Route>
    <Route path="/orchestration/:id/instance/:instance">
      {(params) =>
        withInstance(params.id, params.instance, (orchestrationId, instanceId) => (
          <InstanceScreen
            key={instanceId}
            orchestrationId={orchestrationId}
            instanceId={instanceId}
            event={null}
          />
        ))
      }
    </Route>
    <Route path="/orchestration/:id">
      {(params) => withOrchestration(params.id, (id) => <OrchestrationScreen key={id} id={id} />)}
    </Route>
    <Route component={NotFound} />
  </Switch>
);

/** The whole console over one engine. */
export const App = ({ engine }: { readonly engine: Engine }) => (
  <EngineProvider engine={engine}>
    <TooltipProvider>
      <Router hook={useHashPath}>
        <Shell>
          <Screens />
        </Shell>
      </Router>
    </TooltipProvider>
  </EngineProvider>
);
