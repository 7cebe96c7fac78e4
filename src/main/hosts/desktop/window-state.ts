import { mkdir, readFile, writeFile } from 'node:fs/promises';
import { dirname } from 'node:path';
import type { BrowserWindow, Rectangle } from 'electron';
import { z } from 'zod';

const windowStateSchema = z.object({
  bounds: z.object({
    x: z.int(),
    y: z.int(),
    width: z.int().min(400).max(20_000),
    height: z.int().min(300).max(20_000),
  }),
  maximized: z.boolean(),
});

/** Where a window was and how large. */
export type WindowState = Readonly<z.infer<typeof windowStateSchema>>;

/** What was remembered; null the first time, and when the file tells nothing that makes sense any more. */
export const readWindowState = async (file: string): Promise<WindowState | null> => {
  try {
    return windowStateSchema.safeParse(JSON.parse(await readFile(file, 'utf8'))).data ?? null;
  } catch {
    return null; // missing or damaged: the window opens where a first one does
  }
};

export const writeWindowState = async (file: string, window: BrowserWindow): Promise<void> => {
  const state: WindowState = { bounds: window.getNormalBounds(), maximized: window.isMaximized() };
  await mkdir(dirname(file), { recursive: true });
  await writeFile(file, JSON.stringify(state));
};

const overlap = (start: number, length: number, otherStart: number, otherLength: number): number =>
  Math.min(start + length, otherStart + otherLength) - Math.max(start, otherStart);

/** True if enough of a window is on some display for its title bar to be seen and dragged. */
export const isReachable = (bounds: Rectangle, displays: readonly Rectangle[]): boolean =>
  displays.some(
    (area) =>
      overlap(bounds.x, bounds.width, area.x, area.width) >= 100 &&
      bounds.y >= area.y - 10 &&
      bounds.y <= area.y + area.height - 50,
  );
