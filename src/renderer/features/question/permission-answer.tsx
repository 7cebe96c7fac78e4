import { ChevronDown } from 'lucide-react';
import { useState } from 'react';
import type { AskOf } from '../../data/asks.ts';
import { Button, IconButton } from '../../ui/button.tsx';
import { Menu } from '../../ui/menu.tsx';
import type { AnsweringProps } from './answering.ts';
import { DenyForm } from './deny-form.tsx';

type PermissionProps = AnsweringProps<AskOf<'permission'>> & {
  /** The further ways to allow are buttons, with the rule that they make; else they are in a menu. */
  readonly full: boolean;
};

type MoreProps = Pick<PermissionProps, 'name' | 'pending' | 'onAnswer'> & { readonly rule: string };

const scopes = [
  ['instance', 'For this instance'],
  ['workspace', 'Always in this workspace'],
] as const;

const MoreInMenu = ({ rule, name, pending, onAnswer }: MoreProps) => (
  <Menu
    trigger={<IconButton label={`More ways to allow ${name}`} icon={ChevronDown} disabled={pending} />}
    items={scopes.map(([scope, label]) => ({
      label: `${label}: ${rule}`,
      onSelect: () => {
        onAnswer({ kind: 'allow', scope, rule });
      },
    }))}
  />
);

const MoreButtons = ({ rule, name, pending, onAnswer }: MoreProps) =>
  scopes.map(([scope, label]) => (
    <Button
      key={scope}
      disabled={pending}
      aria-label={`${label}: allow ${rule}, asked by ${name}`}
      onClick={() => {
        onAnswer({ kind: 'allow', scope, rule });
      }}
    >
      {label}
    </Button>
  ));

/** Allows a tool once, for the instance or always in its workspace, or denies it with a reason. */
export const PermissionAnswer = ({ ask, name, pending, onAnswer, full }: PermissionProps) => {
  const [denying, setDenying] = useState(false);
  if (denying) {
    return (
      <DenyForm
        label={`Why ${name} may not; Claude reads it`}
        placeholder="Why not? Claude reads it. Optional."
        button="Deny"
        pending={pending}
        onDeny={(message) => {
          onAnswer({ kind: 'deny', message });
        }}
        onClose={() => {
          setDenying(false);
        }}
      />
    );
  }
  const rule = ask.suggestedRule;
  const More = full ? MoreButtons : MoreInMenu;
  return (
    <>
      <div className="flex flex-wrap gap-1.5">
        <Button
          look="primary"
          disabled={pending}
          aria-label={full ? `Allow once: ${name}` : `Allow ${name}`}
          onClick={() => {
            onAnswer({ kind: 'allow', scope: 'once' });
          }}
        >
          {full ? 'Allow once' : 'Allow'}
        </Button>
        {rule === null ? null : <More rule={rule} name={name} pending={pending} onAnswer={onAnswer} />}
        <Button
          look="danger"
          disabled={pending}
          aria-label={`Deny ${name}…`}
          onClick={() => {
            setDenying(true);
          }}
        >
          Deny…
        </Button>
      </div>
      {!full ? null : (
        <p className="mt-1.5 text-xs text-ink-2">
          {rule === null ? (
            'No rule would be sure to mean this and nothing else: it can only be allowed once.'
          ) : (
            <>
              More than once allows what fits{' '}
              <code className="font-mono [overflow-wrap:anywhere]">{rule}</code>
            </>
          )}
        </p>
      )}
    </>
  );
};
