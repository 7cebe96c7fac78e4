import {
  autocompletion,
  startCompletion,
  type CompletionContext,
  type CompletionResult,
} from '@codemirror/autocomplete';
import { indentWithTab } from '@codemirror/commands';
import { yaml } from '@codemirror/lang-yaml';
import { lintGutter, setDiagnostics } from '@codemirror/lint';
import { Prec, type Extension } from '@codemirror/state';
import { EditorView, hoverTooltip, keymap, placeholder, type Tooltip } from '@codemirror/view';
import { basicSetup } from 'codemirror';
import type { PlanCheck } from '../../../shared/contract/plan-check.ts';
import { marksOf, offsetOf } from './editor-marks.ts';
import { editorTheme } from './editor-theme.ts';
import { docsOf, optionsAt, schemaAt, type SchemaNode } from './plan-schema-words.ts';
import { keyAt, yamlPlace } from './yaml-place.ts';

type EditorOptions = {
  /** Where it is put; it brings its own shadow tree, so that its styles come without a style tag. */
  readonly parent: HTMLElement;
  readonly text: string;
  readonly hint: string;
  readonly onChange: (text: string) => void;
  readonly onRun: () => void;
};

/** A text editor for plans. */
export type PlanEditor = {
  readonly setText: (text: string) => void;
  readonly setSchema: (schema: SchemaNode | null) => void;
  readonly setCheck: (check: PlanCheck | null) => void;
  /** Puts the cursor to a place (line and column from 1) and shows it. */
  readonly goTo: (place: { readonly line: number; readonly column: number }) => void;
  readonly focus: () => void;
  readonly close: () => void;
};

const completeWith =
  (schema: () => SchemaNode | null) =>
  ({ state, pos, explicit }: CompletionContext): CompletionResult | null => {
    const known = schema();
    const line = state.doc.lineAt(pos);
    const place = known === null ? null : yamlPlace(state.doc.toString(), line.number - 1, pos - line.from);
    if (known === null || place === null || (place.word === '' && place.kind === 'key' && !explicit))
      return null;
    const options = optionsAt(known, place).map(({ label, insert, detail, info }) => ({
      label,
      detail,
      ...(info === null ? {} : { info }),
      apply: (view: EditorView, _: unknown, from: number, to: number): void => {
        view.dispatch({
          changes: { from, to, insert },
          selection: { anchor: from + insert.length },
          userEvent: 'input.complete',
        });
        if (insert.endsWith(': ')) startCompletion(view);
      },
    }));
    return options.length === 0 ? null : { from: line.from + place.from, options, validFor: /^[\w$.-]*$/ };
  };

const docsWith = (schema: () => SchemaNode | null): Extension =>
  hoverTooltip((view, pos): Tooltip | null => {
    const known = schema();
    const line = view.state.doc.lineAt(pos);
    const path = keyAt(view.state.doc.toString(), line.number - 1, pos - line.from);
    const node = known === null || path === null ? null : schemaAt(known, path);
    const docs = node === null ? null : docsOf(node);
    if (docs === null) return null;
    return {
      pos,
      above: true,
      create: () => {
        const dom = document.createElement('div');
        dom.className = 'cm-docs';
        dom.textContent = docs;
        return { dom };
      },
    };
  });

/** Opens an editor. Tab indents; Escape and then Tab leaves it. */
export const openPlanEditor = ({ parent, text, hint, onChange, onRun }: EditorOptions): PlanEditor => {
  let schema: SchemaNode | null = null;
  const host = document.createElement('div');
  host.className = 'h-full';
  parent.append(host);
  const root = host.attachShadow({ mode: 'open' });
  const runKey = Prec.highest(
    keymap.of([
      {
        key: 'Mod-Enter',
        run: () => {
          onRun();
          return true;
        },
      },
    ]),
  );
  const view = new EditorView({
    parent: root,
    root,
    doc: text,
    extensions: [
      runKey,
      basicSetup,
      keymap.of([indentWithTab]),
      yaml(),
      lintGutter(),
      autocompletion({ override: [completeWith(() => schema)], icons: false }),
      docsWith(() => schema),
      placeholder(hint),
      EditorView.lineWrapping,
      EditorView.contentAttributes.of({
        'aria-label': 'Plan, in YAML. Tab indents; press Escape and then Tab to leave.',
      }),
      EditorView.updateListener.of((update) => {
        if (update.docChanged) onChange(update.state.doc.toString());
      }),
      editorTheme,
    ],
  });
  return {
    setText: (next) => {
      if (view.state.doc.toString() === next) return;
      view.dispatch({ changes: { from: 0, to: view.state.doc.length, insert: next } });
    },
    setSchema: (next) => {
      schema = next;
    },
    setCheck: (check) => {
      view.dispatch(setDiagnostics(view.state, marksOf(view.state.doc, check)));
    },
    goTo: (place) => {
      const anchor = offsetOf(view.state.doc, place);
      view.dispatch({ selection: { anchor }, effects: EditorView.scrollIntoView(anchor, { y: 'center' }) });
      view.focus();
    },
    focus: () => {
      view.focus();
    },
    close: () => {
      view.destroy();
      host.remove();
    },
  };
};
