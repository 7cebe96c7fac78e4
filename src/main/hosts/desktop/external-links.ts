import { shell } from 'electron';
import { failureError } from '../../../shared/domain/failure.ts';

const openable = new Set(['https:', 'mailto:']);

/** True for addresses that may leave the app: `https:` and `mailto:`, never files or other programs' schemes. */
export const isExternalLink = (address: string): boolean =>
  URL.canParse(address) && openable.has(new URL(address).protocol);

/** Opens an address in the person's browser or mail program. @throws FailureError `link.refused` */
export const openExternalLink = async (address: string): Promise<void> => {
  if (!isExternalLink(address))
    throw failureError('link.refused', 'Only https: and mailto: links can be opened outside the console.');
  // The address as parsed, so that what was checked is what is opened.
  await shell.openExternal(new URL(address).href);
};
