import type { App, Session, WebContents } from 'electron';
import { isExternalLink, openExternalLink } from './external-links.ts';
import type { PageOrigin } from './page-origin.ts';

type Report = (message: string) => void;

/** Keeps a page where it belongs: no way out by navigation, no windows of its own, no webviews. */
const guardContents = (contents: WebContents, origin: PageOrigin, report: Report): void => {
  const stay = (event: { readonly url: string; preventDefault: () => void }): void => {
    if (origin.includes(event.url)) return;
    event.preventDefault();
    report(`Navigation to ${event.url} was denied.`);
  };
  contents.on('will-navigate', stay);
  contents.on('will-frame-navigate', stay);
  contents.on('will-redirect', stay);
  contents.on('will-attach-webview', (event) => {
    event.preventDefault();
  });
  contents.setWindowOpenHandler(({ url }) => {
    if (isExternalLink(url))
      openExternalLink(url).catch((error: unknown) => {
        report(`${url} could not be opened: ${String(error)}`);
      });
    return { action: 'deny' };
  });
};

/** Guards every page of the app, also ones that nobody meant to make. */
export const guardPages = (app: App, origin: PageOrigin, report: Report): void => {
  app.on('web-contents-created', (_event, contents) => {
    guardContents(contents, origin, report);
  });
};

const allowed = new Set(['clipboard-sanitized-write', 'notifications']);

/** Denies every permission but writing to the clipboard and notifications, and these to our page only. */
export const guardPermissions = (session: Session, origin: PageOrigin): void => {
  session.setPermissionCheckHandler(
    (_contents, permission, requester) => allowed.has(permission) && origin.includes(requester),
  );
  session.setPermissionRequestHandler((_contents, permission, answer, { requestingUrl }) => {
    answer(allowed.has(permission) && origin.includes(requestingUrl));
  });
  session.setDevicePermissionHandler(() => false);
};
