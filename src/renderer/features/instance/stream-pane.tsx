import { useCallback, useEffect, useMemo, useRef, useState } from 'react';
import { useStore } from 'zustand';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import { Button } from '../../ui/button.tsx';
import { isTypingIn, matchesKeys } from '../../ui/keyboard.ts';
import { FailureNote } from '../../ui/notes.tsx';
import { useEngine } from '../../data/engine.tsx';
import { foundEvent } from '../../data/found.ts';
import type { InstanceStream } from '../../data/instance-stream.ts';
import { FindBar } from './find-bar.tsx';
import { clearHighlight, highlight, highlightIn } from './highlight.ts';
import { JumpBar, jumpKeys } from './jump-bar.tsx';
import type { JumpKind } from './jumps.ts';
import { RawDialog } from './raw-dialog.tsx';
import { StreamProvider, type StreamTools } from './stream-context.ts';
import { StreamList } from './stream-list.tsx';
import { StreamRow } from './stream-row.tsx';
import type { StreamSession } from './stream-session.ts';
import './stream.css';

const jumpOf = (event: KeyboardEvent, isMac: boolean): readonly [JumpKind, 1 | -1] | null => {
  for (const kind of ['turn', 'tool', 'error'] as const) {
    if (matchesKeys(event, jumpKeys[kind], isMac)) return [kind, 1];
    if (matchesKeys(event, `Shift+${jumpKeys[kind]}`, isMac)) return [kind, -1];
  }
  return null;
};

const useStreamKeys = (session: StreamSession, onFind: () => void): void => {
  const { host } = useEngine();
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || document.querySelector('[role="dialog"]') !== null) return;
      const jump = isTypingIn(event.target) ? null : jumpOf(event, host.isMac);
      if (matchesKeys(event, 'Mod+F', host.isMac)) onFind();
      else if (jump !== null) void session.jump(...jump);
      else return;
      event.preventDefault();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [session, host, onFind]);
};

/** Scrolls a found place into sight where a tall row hides it. */
const bringIntoSight = (root: HTMLElement, range: Range): void => {
  const place = range.getBoundingClientRect();
  const frame = root.getBoundingClientRect();
  const below = place.bottom - frame.bottom + 40;
  const above = frame.top + 40 - place.top;
  if (below > 0) root.scrollTop += below;
  else if (above > 0) root.scrollTop -= above;
};

/** Marks what is searched for in the rows that are drawn, and again whenever other rows are. */
const useMarks = (session: StreamSession, words: readonly string[]): ((root: HTMLElement) => void) => {
  const { query, hits, current } = useStore(session.find.store);
  const flash = useStore(session.store, (state) => state.flash);
  const brought = useRef<number | null>(null);
  const root = useRef<HTMLElement | null>(null);
  const hit = hits[current] ?? null;
  const mark = useCallback(
    (element: HTMLElement): void => {
      root.current = element;
      const row = flash === null ? null : element.querySelector<HTMLElement>(`[data-n="${String(flash)}"]`);
      if (query === '' && row !== null && words.length > 0) {
        highlightIn(row, words);
        return;
      }
      const range = highlight(element, query, row);
      if (range === null || hit === null || brought.current === hit) return;
      brought.current = hit;
      bringIntoSight(element, range);
    },
    [query, hit, flash, words],
  );
  useEffect(() => {
    if (root.current === null) return undefined;
    const element = root.current;
    // Rows that were opened on the way to a hit are drawn with the next frame.
    const frame = requestAnimationFrame(() => {
      mark(element);
    });
    return () => {
      cancelAnimationFrame(frame);
    };
  }, [mark]);
  useEffect(() => clearHighlight, []);
  return mark;
};

const none: readonly string[] = [];

/** The words by which an event of this instance was found, if it was opened from a search. */
const useFoundWords = (id: InstanceView['id']): readonly string[] =>
  useStore(foundEvent, ({ last }) => (last?.instanceId === id ? last.words : none));

/** Why a part of the stream that is looked at is empty, and another try. */
const Unread = ({ stream }: { readonly stream: InstanceStream }) => {
  const unread = useStore(stream.store, (state) => state.unread);
  if (unread === null) return null;
  return (
    <FailureNote failure={unread}>
      <Button onClick={stream.retry}>Try again</Button>
    </FailureNote>
  );
};

type StreamPaneProps = {
  readonly stream: InstanceStream;
  readonly session: StreamSession;
  readonly instance: InstanceView;
};

/** The stream of an instance, with the ways to move in it. */
export const StreamPane = ({ stream, session, instance }: StreamPaneProps) => {
  const [finding, setFinding] = useState(false);
  const [raw, setRaw] = useState<readonly number[]>([]);
  const { flash, word } = useStore(session.store);
  const { view, window, folds, find } = session;
  const tools = useMemo(
    (): StreamTools => ({
      stream,
      view,
      folds,
      workspace: instance.workspace,
      showRaw: setRaw,
      Row: StreamRow,
    }),
    [stream, view, folds, instance.workspace],
  );
  const openFind = useCallback((): void => {
    setFinding(true);
    document.querySelector<HTMLElement>('[role="search"] input')?.focus();
  }, []);
  useStreamKeys(session, openFind);
  const onDrawn = useMarks(session, useFoundWords(instance.id));
  return (
    <StreamProvider value={tools}>
      {finding ? (
        <FindBar
          find={find}
          from={window.top}
          onClose={() => {
            find.close();
            clearHighlight();
            setFinding(false);
            document.querySelector<HTMLElement>('[aria-label="Stream"]')?.focus();
          }}
        />
      ) : (
        <JumpBar onFind={openFind} onJump={(kind, step) => void session.jump(kind, step)} word={word} />
      )}
      <Unread stream={stream} />
      <StreamList window={window} flash={flash} onDrawn={onDrawn} />
      <RawDialog
        instanceId={instance.id}
        events={raw}
        onClose={() => {
          setRaw([]);
        }}
      />
    </StreamProvider>
  );
};
