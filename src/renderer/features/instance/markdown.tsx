import { Component, memo, type ReactNode } from 'react';
import Markdown, { type Components } from 'react-markdown';
import remarkGfm from 'remark-gfm';
import { useEngine } from '../../data/engine.tsx';
import { CopyButton } from '../../ui/notes.tsx';
import { ScrollBox } from './scroll-box.tsx';
import './stream.css';

const isOpenable = (address: string | undefined): address is string =>
  address !== undefined && URL.canParse(address) && ['https:', 'mailto:'].includes(new URL(address).protocol);

/** A link opens outside; one that is neither https nor mailto is only its text. */
const Link = ({
  href,
  children,
}: {
  readonly href?: string | undefined;
  readonly children?: React.ReactNode;
}) => {
  const { host } = useEngine();
  if (!isOpenable(href)) return <span title={href}>{children}</span>;
  return (
    <a
      href={href}
      title={href}
      rel="noreferrer"
      className="text-accent underline decoration-accent/40 underline-offset-2 hover:decoration-accent"
      onClick={(event) => {
        event.preventDefault();
        host.openExternal(href);
      }}
    >
      {children}
    </a>
  );
};

type HastNode = { readonly value?: string; readonly children?: readonly HastNode[] };

const textOf = (node: HastNode): string => node.value ?? node.children?.map(textOf).join('') ?? '';

const components: Components = {
  a: ({ href, children }) => <Link href={href}>{children}</Link>,
  // An image would be a request to wherever an agent's text says: only its words are shown.
  img: ({ alt, src }) => (
    <span className="rounded-xs bg-idle-bg px-1 text-s text-ink-2">
      image: {alt === undefined || alt === '' ? String(src) : alt}
    </span>
  ),
  code: ({ children }) => (
    <code className="rounded-xs bg-idle-bg px-1 py-px font-mono text-[0.92em]">{children}</code>
  ),
  pre: ({ node }) => <CodeBlock text={node === undefined ? '' : textOf(node)} />,
  table: ({ children }) => (
    <ScrollBox className="overflow-x-auto rounded-m border border-line" label="Table">
      <table>{children}</table>
    </ScrollBox>
  ),
  input: ({ checked }) => (
    <span aria-label={checked === true ? 'done' : 'open'}>{checked === true ? '☑' : '☐'}</span>
  ),
};

const CodeBlock = ({ text }: { readonly text: string }) => (
  <div className="group/code relative">
    <ScrollBox
      label="Code"
      className="max-h-[60vh] overflow-auto rounded-m border border-line bg-panel px-3 py-2 font-mono text-s leading-[1.55] whitespace-pre"
    >
      <code>{text.replace(/\n$/, '')}</code>
    </ScrollBox>
    <span className="absolute top-1 right-1 rounded-s bg-panel opacity-0 group-focus-within/code:opacity-100 group-hover/code:opacity-100">
      <CopyButton text={text} />
    </span>
  </div>
);

const plugins = [remarkGfm];

type OrPlainProps = { readonly text: string; readonly children: ReactNode };

/** Text that no parser survives (ten thousand nested quotes, say) is shown as it is. React wants a class for this. */
class OrPlain extends Component<OrPlainProps, { readonly broken: string | null }> {
  override state: { readonly broken: string | null } = { broken: null };

  static getDerivedStateFromError(error: unknown): { readonly broken: string } {
    return { broken: String(error) };
  }

  override render(): ReactNode {
    return this.state.broken === null ? (
      this.props.children
    ) : (
      <p className="whitespace-pre-wrap">{this.props.text}</p>
    );
  }
}

/** What an agent writes, as Markdown; raw HTML in it is shown as the text that it is. */
export const Prose = memo(({ text }: { readonly text: string }) => (
  <div className="prose-stream">
    <OrPlain text={text}>
      <Markdown remarkPlugins={plugins} components={components}>
        {text}
      </Markdown>
    </OrPlain>
  </div>
));
Prose.displayName = 'Prose';
