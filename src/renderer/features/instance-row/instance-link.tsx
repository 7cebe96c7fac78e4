import type { ReactNode } from 'react';
import { Link } from 'wouter';
import { panels } from '../../app/panels.ts';
import { routes } from '../../app/routes.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';

type InstanceLinkProps = {
  readonly instance: InstanceView;
  readonly className?: string;
  readonly current?: boolean;
  readonly children: ReactNode;
};

/** Leads to an instance: Enter opens it, Space peeks at it, J and K reach it (`moveInList` around it). */
export const InstanceLink = ({ instance, className, current = false, children }: InstanceLinkProps) => (
  <Link
    href={routes.instance(instance.orchestrationId, instance.id)}
    data-row
    aria-current={current ? 'page' : undefined}
    onKeyDown={(event) => {
      if (event.key !== ' ') return;
      event.preventDefault();
      panels.setState({ peek: instance.id });
    }}
    className={className}
  >
    {children}
  </Link>
);
