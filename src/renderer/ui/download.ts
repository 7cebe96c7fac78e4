/** How long the browser may take to begin with a file before its memory is given back (milliseconds). */
const HELD_MS = 60_000;

/** Gives a person a file: the browser's download, or in the desktop app its dialog that asks where to save it. */
export const download = (
  fileName: string,
  mediaType: string,
  parts: readonly (string | Uint8Array<ArrayBuffer>)[],
): void => {
  const address = URL.createObjectURL(new Blob([...parts], { type: mediaType }));
  const link = document.createElement('a');
  link.href = address;
  link.download = fileName;
  link.click();
  setTimeout(() => {
    URL.revokeObjectURL(address);
  }, HELD_MS);
};
