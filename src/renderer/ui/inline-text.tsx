const PIECES = /(`[^`\n]+`|\*\*[^*\n]+\*\*)/g;

/** Text with `code` and **strong** words shown as such; everything else, and all markup, stays text. */
export const InlineText = ({ text }: { readonly text: string }) =>
  text.split(PIECES).map((piece, index) => {
    const key = `${String(index)}${piece}`;
    if (index % 2 === 0) return piece;
    if (piece.startsWith('`')) {
      return (
        <code key={key} className="font-mono text-[0.95em]">
          {piece.slice(1, -1)}
        </code>
      );
    }
    return (
      <b key={key} className="font-semibold">
        {piece.slice(2, -2)}
      </b>
    );
  });
