import { EventEmitter } from 'node:events';
import type { Page } from '../page.ts';

type Source = 'system' | 'light' | 'dark';

const pages = new Set<Page>();

class NativeTheme extends EventEmitter {
  #source: Source = 'system';
  get themeSource(): Source {
    return this.#source;
  }
  set themeSource(source: Source) {
    this.#source = source;
    for (const page of pages) void applyNativeTheme(page);
    this.emit('updated');
  }
  get shouldUseDarkColors(): boolean {
    return this.#source === 'dark';
  }
}

export const nativeTheme = new NativeTheme();

/** Gives a page the app's colour scheme, now and whenever it changes. */
export const applyNativeTheme = async (page: Page): Promise<void> => {
  pages.add(page);
  const value = nativeTheme.themeSource === 'system' ? '' : nativeTheme.themeSource;
  await page
    .cdp('Emulation.setEmulatedMedia', { features: [{ name: 'prefers-color-scheme', value }] })
    .catch(() => pages.delete(page));
};
