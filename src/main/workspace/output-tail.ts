/** Keeps the end of what a program prints. */
export interface OutputTail {
  add(chunk: Uint8Array): void;
  /** The end as text, whole characters only. */
  text(): string;
}

/** True for a byte that stands inside a character of UTF-8, not at its start. */
const continues = (byte: number): boolean => (byte & 0b1100_0000) === 0b1000_0000;

/** At most the last `mostBytes` are kept; a character that would be cut at the start is left out. */
export function createOutputTail(mostBytes: number): OutputTail {
  const chunks: Uint8Array[] = [];
  let bytes = 0;
  let isCut = false;

  const compact = (): Buffer => {
    const all = Buffer.concat(chunks);
    const kept = all.length > mostBytes ? all.subarray(all.length - mostBytes) : all;
    isCut ||= kept.length < all.length;
    chunks.splice(0, chunks.length, kept);
    bytes = kept.length;
    return kept;
  };
  return {
    add: (chunk) => {
      chunks.push(chunk);
      bytes += chunk.length;
      // Rarely, so that a program that prints much costs little.
      if (bytes > 4 * mostBytes || chunks.length > 256) compact();
    },
    text: () => {
      const kept = compact();
      let start = 0;
      while (isCut && start < 3 && start < kept.length && continues(kept[start] ?? 0)) start += 1;
      return kept.subarray(start).toString('utf8');
    },
  };
}
