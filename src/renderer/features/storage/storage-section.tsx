import type { ReactNode } from 'react';
import { Card } from '../../ui/layout.tsx';

type StorageSectionProps = { readonly title: string; readonly text: string; readonly children: ReactNode };

/** A part of the storage screen. */
export const StorageSection = ({ title, text, children }: StorageSectionProps) => (
  <Card role="region" aria-label={title} className="flex flex-col gap-3 p-4">
    <div>
      <h2 className="text-l font-semibold">{title}</h2>
      <p className="text-s text-ink-3">{text}</p>
    </div>
    {children}
  </Card>
);

/** Pairs of a quiet name and a value beside it. */
export const StorageFacts = ({ children }: { readonly children: ReactNode }) => (
  <dl className="grid grid-cols-[minmax(88px,auto)_1fr] gap-x-4 gap-y-1 tabular-nums">{children}</dl>
);

export const StorageFact = ({ name, children }: { readonly name: string; readonly children: ReactNode }) => (
  <>
    <dt className="text-ink-3">{name}</dt>
    <dd className="min-w-0">{children}</dd>
  </>
);
