/** Text with the first place of `search` in it marked; upper and lower case are one. */
export const Marked = ({ text, search }: { readonly text: string; readonly search: string }) => {
  const wanted = search.trim();
  const at = wanted === '' ? -1 : text.toLowerCase().indexOf(wanted.toLowerCase());
  if (at === -1) return text;
  return (
    <>
      {text.slice(0, at)}
      <mark className="rounded-[2px] bg-waiting/28 text-inherit">{text.slice(at, at + wanted.length)}</mark>
      {text.slice(at + wanted.length)}
    </>
  );
};
