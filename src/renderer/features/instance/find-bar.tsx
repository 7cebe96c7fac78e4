import { ChevronDown, ChevronUp, X } from 'lucide-react';
import { useEffect, useRef } from 'react';
import { useStore } from 'zustand';
import { IconButton } from '../../ui/button.tsx';
import { percentText, wholeNumber } from '../../ui/format.ts';
import { FailureNote } from '../../ui/notes.tsx';
import { SearchField } from '../../ui/search-field.tsx';
import type { Find, FindState } from './find-store.ts';

const howFar = ({ query, hits, current, looked, of, searching }: FindState): string => {
  if (query.trim() === '') return '';
  const found =
    hits.length === 0
      ? searching
        ? ''
        : 'Nothing found'
      : `${wholeNumber(current + 1)} of ${wholeNumber(hits.length)}`;
  if (!searching) return found;
  const share = percentText(of === 0 ? 1 : looked / of);
  return found === '' ? `Searched ${share}` : `${found} · searched ${share}`;
};

type FindBarProps = { readonly find: Find; readonly from: () => number; readonly onClose: () => void };

/** Finds text in the whole stream, loaded or not. */
export const FindBar = ({ find, from, onClose }: FindBarProps) => {
  const state = useStore(find.store);
  const field = useRef<HTMLDivElement>(null);
  useEffect(() => {
    field.current?.querySelector('input')?.focus();
  }, []);
  return (
    <div ref={field} className="mx-auto flex w-full max-w-[820px] flex-col gap-2" role="search">
      <div className="flex items-center gap-1">
        <SearchField
          label="Find in the stream"
          placeholder="Find in the stream"
          value={state.query}
          className="h-8 flex-1"
          aside={<span role="status">{howFar(state)}</span>}
          onChange={(query) => {
            void find.search(query, from());
          }}
          onKeyDown={(event) => {
            if (event.key === 'Enter') find.step(event.shiftKey ? -1 : 1);
            else if (event.key === 'Escape') onClose();
            else return;
            event.preventDefault();
            event.stopPropagation();
          }}
        />
        <IconButton
          label="Previous hit"
          keys="Shift+Enter"
          icon={ChevronUp}
          disabled={state.hits.length === 0}
          onClick={() => {
            find.step(-1);
          }}
        />
        <IconButton
          label="Next hit"
          keys="Enter"
          icon={ChevronDown}
          disabled={state.hits.length === 0}
          onClick={() => {
            find.step(1);
          }}
        />
        <IconButton label="Close the search" keys="Escape" icon={X} onClick={onClose} />
      </div>
      {state.failure === null ? null : <FailureNote failure={state.failure} />}
    </div>
  );
};
