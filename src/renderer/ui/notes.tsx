import { Check, CircleAlert, Copy, LoaderCircle } from 'lucide-react';
import { useState, type ReactNode } from 'react';
import type { Failure } from '../../shared/domain/failure.ts';
import { Button } from './button.tsx';
import { cx } from './class-names.ts';

/** A button that copies text; says so for a moment. */
export const CopyButton = ({ text, label = 'Copy' }: { readonly text: string; readonly label?: string }) => {
  const [copied, setCopied] = useState(false);
  const copy = (): void => {
    void navigator.clipboard.writeText(text).then(() => {
      setCopied(true);
      setTimeout(() => {
        setCopied(false);
      }, 1500);
    });
  };
  return (
    <Button look="ghost" icon={copied ? Check : Copy} onClick={copy}>
      {copied ? 'Copied' : label}
    </Button>
  );
};

type FailureNoteProps = {
  readonly failure: Failure;
  /** What else belongs into the copied details. */
  readonly details?: string;
  readonly className?: string;
  /** Buttons that do something about it. */
  readonly children?: ReactNode;
};

/** What went wrong: the sentence, the code, and the details to copy. */
export const FailureNote = ({ failure, details, className, children }: FailureNoteProps) => (
  <div role="alert" className={cx('rounded-m border border-bad/35 bg-bad-bg px-3 py-2', className)}>
    <div className="flex items-start gap-2">
      <CircleAlert size={15} strokeWidth={1.75} className="mt-0.5 shrink-0 text-bad" aria-hidden />
      <div className="min-w-0 flex-1">
        <p className="break-words whitespace-pre-wrap">{failure.message}</p>
        <code className="font-mono text-xs text-ink-2">{failure.code}</code>
      </div>
      <CopyButton
        label="Copy details"
        text={[failure.code, failure.message, failure.path?.join('.'), details]
          .filter((line) => line !== undefined)
          .join('\n')}
      />
      {children}
    </div>
  </div>
);

/** Says that something is being fetched; shows only after a moment, so that quick answers do not flicker. */
export const Loading = ({ what }: { readonly what: string }) => (
  <div role="status" className="flex flex-1 items-center justify-center gap-2 p-8 text-ink-3">
    <LoaderCircle size={15} className="animate-turn" aria-hidden />
    {what}
  </div>
);

type EmptyProps = { readonly title: string; readonly text?: string; readonly children?: ReactNode };

/** Nothing is here: one sentence, and what to do. */
export const Empty = ({ title, text, children }: EmptyProps) => (
  <div className="flex flex-1 flex-col items-center justify-center gap-1 p-10 text-center">
    <p className="text-l font-semibold">{title}</p>
    {text === undefined ? null : <p className="max-w-[420px] text-ink-3">{text}</p>}
    {children === undefined ? null : (
      <div className="mt-3 flex flex-wrap justify-center gap-2">{children}</div>
    )}
  </div>
);
