import { CircleAlert, CircleCheck, CircleX, RefreshCw, type LucideIcon } from 'lucide-react';
import { useEffect } from 'react';
import { useStore } from 'zustand';
import type { DoctorCheck } from '../../../shared/contract/doctor.ts';
import { useEngine } from '../../data/engine.tsx';
import { Button } from '../../ui/button.tsx';
import { cx } from '../../ui/class-names.ts';
import { InlineText } from '../../ui/inline-text.tsx';
import { Card } from '../../ui/layout.tsx';
import { FailureNote, Loading } from '../../ui/notes.tsx';

const looks: Readonly<Record<DoctorCheck['status'], readonly [LucideIcon, string, string]>> = {
  ok: [CircleCheck, 'text-ok', 'In order'],
  warning: [CircleAlert, 'text-waiting', 'Warning'],
  failed: [CircleX, 'text-bad', 'Not in order'],
};

const Check = ({ check }: { readonly check: DoctorCheck }) => {
  const [Icon, color, word] = looks[check.status];
  return (
    <li className="flex gap-2.5 border-b border-line-soft px-4 py-2.5 last:border-0">
      <Icon
        size={16}
        strokeWidth={1.75}
        className={cx('mt-px shrink-0', color)}
        role="img"
        aria-label={word}
      />
      <div className="min-w-0">
        <p>
          <b className="font-[550]">{check.title}</b>{' '}
          <span className="break-words text-ink-3">{check.detail}</span>
        </p>
        {check.fix === null || check.status === 'ok' ? null : (
          <p className="mt-0.5 text-ink-2">
            <b className="font-[550]">To do: </b>
            <InlineText text={check.fix} />
          </p>
        )}
      </div>
    </li>
  );
};

/** Whether this machine can run Claude Code, line by line, and what to do where it cannot. */
export const HealthCheck = () => {
  const { system } = useEngine();
  const { doctor, looking, failure } = useStore(system.store);
  useEffect(() => {
    void system.look();
  }, [system]);
  const broken = doctor?.checks.filter((check) => check.status === 'failed').length ?? 0;
  return (
    <Card>
      <div className="flex items-center gap-2 border-b border-line px-4 py-2.5">
        <h2 className="font-semibold">This machine</h2>
        <span className="text-ink-3">
          {doctor === null
            ? ''
            : broken === 0
              ? 'ready'
              : broken === 1
                ? 'one thing to put right'
                : `${String(broken)} things to put right`}
        </span>
        <span className="flex-1" />
        <Button icon={RefreshCw} disabled={looking} onClick={() => void system.look()}>
          Check again
        </Button>
      </div>
      {failure === null ? null : <FailureNote failure={failure} className="m-3" />}
      {doctor?.failure === null || doctor === null ? null : (
        <FailureNote failure={doctor.failure} className="m-3" />
      )}
      {doctor === null ? (
        looking ? (
          <Loading what="Looking for Claude Code and what it needs…" />
        ) : null
      ) : (
        <ul>
          {doctor.checks.map((check) => (
            <Check key={check.id} check={check} />
          ))}
        </ul>
      )}
    </Card>
  );
};
