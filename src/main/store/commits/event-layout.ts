/** Numbers per packed event: orchestration, seq, instance, n, attempt, at, letter, stream, offset, length. */
export const eventWidth = 10;
