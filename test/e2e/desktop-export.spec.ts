// Exports of the built desktop app, from the dialog to the file. In the stand-in with ELECTRON_OVERRIDE_DIST_PATH.
import { join } from 'node:path';
import { zstdDecompressSync } from 'node:zlib';
import { expect, type Page, test } from '@playwright/test';
import fc from 'fast-check';
import { openStore } from '../../src/main/store/store.ts';
import { type Desktop, type DesktopPlace, launchDesktop, openDesktopPlace } from '../support/desktop.ts';
import { anySession, keep, withSecret } from '../support/sessions.ts';

const secret = 'sk-ant-api03-0123456789abcdefghijklmnop';

let place: DesktopPlace;
let desktop: Desktop;

test.beforeAll(async () => {
  place = await openDesktopPlace();
  const store = await openStore({ dataDir: place.dataDir });
  for (const sample of fc.sample(anySession(), { seed: 61, numRuns: 2 })) {
    await keep(withSecret(sample, secret, 'planted-1234-planted'), store, join(place.dataDir, 'spool'));
  }
  await store.close();
  desktop = await launchDesktop(place);
  await keepSaved(desktop.page);
  await desktop.choose('go.sessions');
});

test.afterAll(async () => {
  await desktop.close();
  await place.remove();
});

/** Keeps what the page gives a person to save, by its name; neither the stand-in nor a test has anybody who is asked for a place. */
const keepSaved = (page: Page): Promise<void> =>
  page.evaluate(() => {
    const blobs = new Map<string, Blob>();
    const saved = new Map<string, Blob>();
    const addressOf = URL.createObjectURL.bind(URL);
    URL.createObjectURL = (blob) => {
      const address = addressOf(blob);
      if (blob instanceof Blob) blobs.set(address, blob);
      return address;
    };
    const click = function (this: HTMLAnchorElement): void {
      const blob = blobs.get(this.href);
      if (blob !== undefined) saved.set(this.download, blob);
      this.dispatchEvent(new MouseEvent('click'));
    };
    Object.assign(HTMLAnchorElement.prototype, { click });
    Object.assign(window, { saved });
  });

/** What was saved last: its name, and its bytes one to a character. */
const lastSaved = (page: Page): Promise<readonly [name: string, bytes: string]> =>
  page.evaluate(async () => {
    const [name, blob] = [...(Reflect.get(window, 'saved') as Map<string, Blob>)].at(-1) ?? ['', new Blob()];
    const bytes = new Uint8Array(await blob.arrayBuffer());
    return [name, Array.from(bytes, (byte) => String.fromCharCode(byte)).join('')] as const;
  });

/** Exports all sessions in a format, and gives the file that a person gets. */
const exported = async (format: RegExp): Promise<{ readonly name: string; readonly bytes: Buffer }> => {
  const { page } = desktop;
  await page.getByRole('button', { name: 'Export all…' }).click();
  await page.getByRole('radio', { name: format }).check();
  await page.getByRole('checkbox', { name: /^Take secrets out/ }).check();
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
  await expect(page.getByText(/^Exported 2 sessions/).first()).toBeVisible();
  const [name, bytes] = await lastSaved(page);
  return { name, bytes: Buffer.from(bytes, 'latin1') };
};

test('an archive comes out of the dialog whole, without secrets', async () => {
  const { name, bytes } = await exported(/^Archive/);
  expect(name).toMatch(/^netra all sessions .*\.netra\.zst$/);
  const text = zstdDecompressSync(bytes).toString('utf8');
  expect(text.trimEnd().split('\n').at(-1)).toMatch(/^\{"kind":"end","orchestrations":2,/);
  expect(text).not.toContain(secret);
});

test('a report comes out of the dialog whole, and opens by itself', async () => {
  const { name, bytes } = await exported(/^HTML report/);
  expect(name).toMatch(/^netra all sessions .*\.html$/);
  expect(bytes.toString('utf8').trimEnd()).toMatch(/<\/html>$/);
});

test('what the engine says of an export that fails is shown, and the dialog stays', async () => {
  const { page } = desktop;
  const client = await desktop.client();
  const { items } = await client.orchestrations.list({ limit: 10 });
  await page.getByRole('button', { name: 'Export all…' }).click();
  // Deleted meanwhile by somebody else: nothing is left to be written.
  await client.orchestrations.delete({ ids: items.map(({ id }) => id) });
  await page.getByRole('button', { name: 'Export', exact: true }).click();
  await expect(page.getByRole('dialog').getByText('export.empty')).toBeVisible();
  await page.getByRole('button', { name: 'Cancel' }).click();
  await expect(page.getByRole('dialog')).toBeHidden();
});
