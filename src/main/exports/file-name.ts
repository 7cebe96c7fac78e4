/** Devices of Windows: no file may be called so, whatever its extension. */
const devices = /^(con|prn|aux|nul|com[0-9¹²³]|lpt[0-9¹²³]|conin\$|conout\$)(\.|$)/i;

const mostBytes = 120;

const cutToBytes = (text: string): string => {
  let bytes = 0;
  let kept = '';
  for (const letter of text) {
    bytes += new TextEncoder().encode(letter).length;
    if (bytes > mostBytes) break;
    kept += letter;
  }
  return kept;
};

/**
 * A name of whatever characters as the beginning of a file's name that every system takes, Windows too, and that looks in a
 * terminal like what it is. Never empty.
 */
export const safeFileName = (name: string): string => {
  const plain = name
    .toWellFormed()
    .normalize('NFC')
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\p{Cs}\p{Co}\p{Cn}\ufffd<>:"/\\|?*]+/gu, '-')
    .replaceAll(/\s+/gu, ' ');
  const cut = cutToBytes(plain)
    .replace(/^[-. ]+/, '')
    .replace(/[-. ]+$/, '');
  if (cut === '') return 'session';
  return devices.test(cut) ? `_${cut}` : cut;
};
