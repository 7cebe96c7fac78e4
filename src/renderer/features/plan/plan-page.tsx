import { CircleCheck, Eraser, FileText, FolderOpen, LoaderCircle, Play, Sparkles } from 'lucide-react';
import { useEffect, useEffectEvent, useRef, useState } from 'react';
import { useStore } from 'zustand';
import { matchesKeys } from '../../ui/keyboard.ts';
import { useCrumbs } from '../../app/panels.ts';
import { useEngine } from '../../data/engine.tsx';
import { Button } from '../../ui/button.tsx';
import { Keys } from '../../ui/keys.tsx';
import { Card, Page } from '../../ui/layout.tsx';
import { FailureNote } from '../../ui/notes.tsx';
import { DropZone } from './drop-zone.tsx';
import type { PlanEditor } from './editor.ts';
import type { PlanCheckState } from './plan-checker.ts';
import { emptyDraft, openPlanDraft, type PlanDraft } from './plan-draft.ts';
import { PlanEditorPane } from './plan-editor-pane.tsx';
import { PlanSummary } from './plan-summary.tsx';
import { ProblemList } from './problem-list.tsx';
import { samplePlan } from './sample-plan.ts';
import { usePlanCheck, usePlanFiles, usePlanRun, usePlanSchema, type PlanFiles } from './use-plan-run.ts';

/** One draft for this window, whichever screen it shows. */
const draftStore = openPlanDraft(localStorage);

const putText = (text: string): void => {
  draftStore.setState({ text });
};

const OpenButton = ({ files }: { readonly files: PlanFiles }) => {
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <input
        ref={input}
        type="file"
        accept=".yaml,.yml,.json"
        aria-label="Plan file"
        className="hidden"
        onChange={(event) => {
          const [file] = event.currentTarget.files ?? [];
          if (file !== undefined) files.take(file);
          // The same file may be chosen again after it changed.
          event.currentTarget.value = '';
        }}
      />
      <Button icon={FolderOpen} onClick={files.pick ?? (() => input.current?.click())}>
        Open a file…
      </Button>
    </>
  );
};

const CheckWord = ({ state }: { readonly state: PlanCheckState }) => {
  const { check, checking } = state;
  const problems = check?.problems.length ?? 0;
  const warnings = check?.warnings.length ?? 0;
  return (
    <span role="status" className="flex items-center gap-1.5 text-s text-ink-3">
      {checking ? (
        <>
          <LoaderCircle size={13} className="animate-turn" aria-hidden /> Checking
        </>
      ) : check === null ? null : problems > 0 ? (
        <span className="text-bad">{problems === 1 ? '1 problem' : `${String(problems)} problems`}</span>
      ) : (
        <>
          <CircleCheck size={13} className="text-ok" aria-hidden />
          {warnings === 0 ? 'Ready to run' : `Ready to run, ${String(warnings)} to know`}
        </>
      )}
    </span>
  );
};

type DraftBarProps = {
  readonly draft: PlanDraft;
  readonly state: PlanCheckState;
  readonly onPut: (draft: PlanDraft) => void;
};

/** What is being written, how its check went, and ways to begin anew. */
const DraftBar = ({ draft, state, onPut }: DraftBarProps) => (
  <div className="flex h-9 shrink-0 items-center gap-1 border-b border-line-soft pr-1.5 pl-3">
    <span className="min-w-0 truncate font-mono text-s text-ink-2" title={draft.file ?? undefined}>
      {draft.name ?? 'Draft'}
    </span>
    <span className="flex-1" />
    <CheckWord state={state} />
    <Button
      look="ghost"
      icon={FileText}
      onClick={() => {
        onPut({ ...emptyDraft, text: samplePlan });
      }}
    >
      Sample
    </Button>
    <Button
      look="ghost"
      icon={Eraser}
      disabled={draft.text === '' && draft.file === null}
      onClick={() => {
        onPut(emptyDraft);
      }}
    >
      Clear
    </Button>
  </div>
);

const useRunKey = (run: () => void): void => {
  const { host } = useEngine();
  const onRun = useEffectEvent(run);
  useEffect(() => {
    const onKey = (event: KeyboardEvent): void => {
      if (event.defaultPrevented || !matchesKeys(event, 'Mod+Enter', host.isMac)) return;
      event.preventDefault();
      onRun();
    };
    addEventListener('keydown', onKey);
    return () => {
      removeEventListener('keydown', onKey);
    };
  }, [host]);
};

/** Where a plan is opened or written, checked, and run. */
export const PlanPage = () => {
  useCrumbs([{ label: 'Run a plan' }]);
  const draft = useStore(draftStore);
  const schema = usePlanSchema();
  const state = usePlanCheck(draft);
  const files = usePlanFiles(draftStore);
  const start = usePlanRun(draft);
  const [editor, setEditor] = useState<PlanEditor | null>(null);
  const { check, failure } = state;
  const isEmpty = draft.text.trim() === '';
  const canRun = !isEmpty && !start.pending && (check === null || check.problems.length === 0);
  const run = (): void => {
    if (canRun) start.run();
  };
  useRunKey(run);
  const failures = [files.failure, start.failure, failure].filter((one) => one !== null);
  return (
    <Page
      title="Run a plan"
      scrolls={false}
      inspector={<PlanSummary check={check} />}
      actions={
        <>
          <OpenButton files={files} />
          <Button icon={Sparkles} disabled={start.pending} onClick={start.demo}>
            Run the demo
          </Button>
          <Button
            look="primary"
            icon={Play}
            disabled={!canRun}
            onClick={run}
            aria-keyshortcuts="Control+Enter"
          >
            Run <Keys keys="Mod+Enter" bare />
          </Button>
        </>
      }
    >
      <DropZone onFile={files.take}>
        {failures.map((one) => (
          <FailureNote key={`${one.code} ${one.message}`} failure={one} />
        ))}
        <Card className="mb-5 flex min-h-0 flex-1 flex-col overflow-hidden">
          <DraftBar
            draft={draft}
            state={state}
            onPut={(next) => {
              draftStore.setState(next);
              editor?.focus();
            }}
          />
          <PlanEditorPane
            text={draft.text}
            check={check}
            schema={schema}
            onChange={putText}
            onRun={run}
            onOpen={setEditor}
          />
          {check === null || check.problems.length + check.warnings.length === 0 ? null : (
            <ProblemList
              problems={check.problems}
              warnings={check.warnings}
              onPick={(problem) => editor?.goTo(problem)}
            />
          )}
        </Card>
      </DropZone>
    </Page>
  );
};
