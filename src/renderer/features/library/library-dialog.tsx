import { useStore } from 'zustand';
import { panels, type LibraryQuestion } from '../../app/panels.ts';
import { Dialog } from '../../ui/dialog.tsx';
import { ExportForm } from './export-form.tsx';
import { LabelsForm } from './labels-form.tsx';
import { namesOf } from './library-actions.ts';
import { NoteForm } from './note-form.tsx';

const close = (): void => {
  panels.setState({ library: null });
};

const titleOf = (question: LibraryQuestion): string => {
  switch (question.about) {
    case 'labels':
      return `Labels of ${namesOf(question.sessions)}`;
    case 'note':
      return `Note on ${namesOf([question.session])}`;
    case 'export':
      return question.sessions === null ? 'Export all sessions' : `Export ${namesOf(question.sessions)}`;
  }
};

const Form = ({ question }: { readonly question: LibraryQuestion }) => {
  switch (question.about) {
    case 'labels':
      return <LabelsForm sessions={question.sessions} onClose={close} />;
    case 'note':
      return <NoteForm session={question.session} onClose={close} />;
    case 'export':
      return <ExportForm sessions={question.sessions} onClose={close} />;
  }
};

/** Labels, a note, or an export: asked for from any screen. */
export const LibraryDialog = () => {
  const question = useStore(panels, (state) => state.library);
  return (
    <Dialog
      open={question !== null}
      onClose={close}
      title={question === null ? '' : titleOf(question)}
      className="w-[min(480px,calc(100vw-32px))]"
    >
      {question === null ? null : <Form question={question} />}
    </Dialog>
  );
};
