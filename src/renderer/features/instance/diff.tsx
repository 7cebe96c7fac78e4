import { useState } from 'react';
import { cx } from '../../ui/class-names.ts';
import { changedLines, type DiffLine } from './diff-lines.ts';
import { ScrollBox } from './scroll-box.tsx';

const LINES_FIRST = 60;

const signs = { same: ' ', add: '+', del: '-' } as const;
const looks = { same: '', add: 'bg-add', del: 'bg-del' } as const;
const spoken = { same: '', add: 'added: ', del: 'deleted: ' } as const;

/** `+18 −9`. */
export const ChangeSize = ({ lines }: { readonly lines: readonly DiffLine[] }) => {
  const { added, deleted } = changedLines(lines);
  return (
    <span className="flex gap-1.5 tabular-nums">
      {added === 0 ? null : <span className="text-ok">+{added}</span>}
      {deleted === 0 ? null : <span className="text-bad">−{deleted}</span>}
    </span>
  );
};

/** A change, line by line; a long one begins with its first lines. */
export const Diff = ({ lines, file }: { readonly lines: readonly DiffLine[]; readonly file: string }) => {
  const [all, setAll] = useState(false);
  const shown = all ? lines : lines.slice(0, LINES_FIRST);
  return (
    <div className="border-t border-line-soft">
      <ScrollBox
        label={`Changes in ${file}`}
        className="overflow-x-auto py-1.5 font-mono text-s leading-[1.55] whitespace-pre"
      >
        <code className="block w-max min-w-full">
          {shown.map(({ kind, text }, index) => (
            <span key={index} className={cx('block px-3', looks[kind])}>
              {kind === 'same' ? null : <span className="sr-only">{spoken[kind]}</span>}
              <span
                aria-hidden
                className={cx('select-none', kind === 'same' ? '' : kind === 'add' ? 'text-ok' : 'text-bad')}
              >
                {signs[kind]}{' '}
              </span>
              {text}
              {'\n'}
            </span>
          ))}
        </code>
      </ScrollBox>
      {lines.length > shown.length ? (
        <button
          type="button"
          className="w-full border-t border-line-soft px-3 py-1 text-left text-s text-ink-3 hover:bg-hover"
          onClick={() => {
            setAll(true);
          }}
        >
          Show all {lines.length} lines
        </button>
      ) : null}
    </div>
  );
};
