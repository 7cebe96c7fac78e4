import { useEffect, useEffectEvent, useRef, useState } from 'react';
import type { PlanCheck } from '../../../shared/contract/plan-check.ts';
import { openPlanEditor, type PlanEditor } from './editor.ts';
import type { SchemaNode } from './plan-schema-words.ts';

type PlanEditorPaneProps = {
  readonly text: string;
  readonly check: PlanCheck | null;
  readonly schema: SchemaNode | null;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
  /** Gets the editor when it is there, to send its cursor somewhere. */
  readonly onOpen: (editor: PlanEditor | null) => void;
};

const HINT = 'Write a plan, drop a file here, or begin with the sample.';

/** The editor, kept in step with the draft, its check and the schema. */
export const PlanEditorPane = ({ text, check, schema, onChange, onRun, onOpen }: PlanEditorPaneProps) => {
  const parent = useRef<HTMLDivElement>(null);
  const [editor, setEditor] = useState<PlanEditor | null>(null);
  const changed = useEffectEvent(onChange);
  const run = useEffectEvent(onRun);
  const opened = useEffectEvent(onOpen);
  const first = useEffectEvent(() => text);
  useEffect(() => {
    if (parent.current === null) return undefined;
    const own = openPlanEditor({
      parent: parent.current,
      text: first(),
      hint: HINT,
      onChange: (next) => {
        changed(next);
      },
      onRun: () => {
        run();
      },
    });
    setEditor(own);
    opened(own);
    return () => {
      opened(null);
      own.close();
    };
  }, []);
  useEffect(() => {
    editor?.setText(text);
  }, [editor, text]);
  useEffect(() => {
    editor?.setSchema(schema);
  }, [editor, schema]);
  useEffect(() => {
    editor?.setCheck(check);
  }, [editor, check]);
  return <div ref={parent} className="min-h-0 flex-1" />;
};
