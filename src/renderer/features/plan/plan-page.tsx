import { CircleCheck, Eraser, FileText, FolderOpen, LoaderCircle, Sparkles } from 'lucide-react';
import { useRef, useState } from 'react';
import { useStore } from 'zustand';
import { useCrumbs } from '../../app/panels.ts';
import { useNow } from '../../data/clock.ts';
import { Button } from '../../ui/button.tsx';
import { whenText } from '../../ui/format.ts';
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
import { AskForInputs, StartButtons, useStart } from './start-buttons.tsx';
import {
  usePlanCheck,
  usePlanFiles,
  usePlanRun,
  usePlanSchema,
  type PlanFiles,
  type Scheduled,
} from './use-plan-run.ts';

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

/** That a schedule was added, and when it is due. */
const ScheduledNote = ({ scheduled }: { readonly scheduled: Scheduled }) => {
  const now = useNow(false);
  const { schedule, replaced } = scheduled;
  return (
    <p role="status" className="flex gap-2 rounded-m border border-line bg-ok-bg px-3 py-2 text-s">
      <CircleCheck size={15} className="mt-px shrink-0 text-ok" aria-hidden />
      <span className="min-w-0 [overflow-wrap:anywhere]">
        {schedule.name} is scheduled{replaced ? ', in the place of the one before' : ''}:{' '}
        {schedule.next === null
          ? 'no start is to come'
          : `next ${whenText(schedule.next, now)} by your clock`}
        . It starts as long as this engine runs.
      </span>
    </p>
  );
};

/** Where a plan is opened or written, checked, and run. */
export const PlanPage = () => {
  useCrumbs([{ label: 'Run a plan' }]);
  const draft = useStore(draftStore);
  const schema = usePlanSchema();
  const state = usePlanCheck(draft);
  const files = usePlanFiles(draftStore);
  const run = usePlanRun(draft);
  const [editor, setEditor] = useState<PlanEditor | null>(null);
  const { check, failure } = state;
  const start = useStart(run, check, draft.text.trim() === '');
  const failed = start.asking === null ? run.failure : null;
  const failures = [files.failure, failed, failure].filter((one) => one !== null);
  return (
    <Page
      title="Run a plan"
      scrolls={false}
      inspector={<PlanSummary check={check} />}
      actions={
        <>
          <OpenButton files={files} />
          <Button icon={Sparkles} disabled={run.pending} onClick={run.demo}>
            Run the demo
          </Button>
          <StartButtons start={start} />
        </>
      }
    >
      <DropZone onFile={files.take}>
        {failures.map((one) => (
          <FailureNote key={`${one.code} ${one.message}`} failure={one} />
        ))}
        {run.scheduled === null ? null : <ScheduledNote scheduled={run.scheduled} />}
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
            onRun={start.main}
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
      <AskForInputs start={start} run={run} check={check} />
    </Page>
  );
};
