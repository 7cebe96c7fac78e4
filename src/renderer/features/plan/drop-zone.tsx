import { FileDown } from 'lucide-react';
import { useState, type DragEvent, type ReactNode } from 'react';

type DropZoneProps = { readonly onFile: (file: File) => void; readonly children: ReactNode };

const hasFile = (event: DragEvent): boolean => event.dataTransfer.types.includes('Files');

/** A place that takes a dropped file, and says so while one hovers. */
export const DropZone = ({ onFile, children }: DropZoneProps) => {
  const [over, setOver] = useState(false);
  return (
    // Dropping has a keyboard way beside it: the button that opens a file.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className="relative flex min-h-0 flex-1 flex-col gap-3"
      onDragEnterCapture={(event) => {
        if (hasFile(event)) setOver(true);
      }}
      onDragOverCapture={(event) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        event.stopPropagation();
      }}
      onDragLeave={(event) => {
        const { relatedTarget } = event;
        if (!(relatedTarget instanceof Node) || !event.currentTarget.contains(relatedTarget)) setOver(false);
      }}
      onDropCapture={(event) => {
        if (!hasFile(event)) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        const [file] = event.dataTransfer.files;
        if (file !== undefined) onFile(file);
      }}
    >
      {children}
      {over ? (
        <div className="pointer-events-none absolute inset-0 z-20 flex items-center justify-center gap-2 rounded-l border-2 border-dashed border-accent bg-bg/85 text-l font-semibold">
          <FileDown size={18} aria-hidden /> Drop the plan here
        </div>
      ) : null}
    </div>
  );
};
