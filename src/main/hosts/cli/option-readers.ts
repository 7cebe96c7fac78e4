import { InvalidArgumentError } from 'commander';

/** A reader of amounts of dollars, for an option. */
export const dollarAmount = (text: string): number => {
  const value = Number(text.replace(/^\$/, ''));
  if (!/^\$?\d*\.?\d+$/.test(text) || value <= 0) {
    throw new InvalidArgumentError('It must be an amount of dollars above 0, such as 2.50.');
  }
  return value;
};

/** A reader of an option that is given several times, each with several values between commas; brackets keep theirs. */
export const listOf = (text: string, before: readonly string[] | undefined): readonly string[] => [
  ...(before ?? []),
  ...(text.match(/(?:[^,()]|\([^)]*\)?)+/g) ?? []).map((each) => each.trim()).filter((each) => each !== ''),
];

/** A reader of `name=value`, given several times. */
export const pairOf = (
  text: string,
  before: Readonly<Record<string, string>> | undefined,
): Readonly<Record<string, string>> => {
  const at = text.indexOf('=');
  if (at < 1) throw new InvalidArgumentError('It must be NAME=VALUE, such as ticket=42.');
  const name = text.slice(0, at);
  if (before !== undefined && Object.hasOwn(before, name)) {
    throw new InvalidArgumentError(`${name} is given twice.`);
  }
  return { ...before, [name]: text.slice(at + 1) };
};
