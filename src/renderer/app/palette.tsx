import { Command } from 'cmdk';
import { TextSearch } from 'lucide-react';
import { useEffect, useState, type ReactNode } from 'react';
import { useStore } from 'zustand';
import { useEngine, useOverview } from '../data/engine.tsx';
import { createSessionList } from '../data/session-list.ts';
import { sessionPlace } from '../features/sessions/session-place.ts';
import { Dialog } from '../ui/dialog.tsx';
import { When } from '../ui/figures.tsx';
import { Keys } from '../ui/keys.tsx';
import { StateChip, StateIcon } from '../ui/state.tsx';
import { commands } from './commands.ts';
import { panels } from './panels.ts';
import { go, routes } from './routes.ts';

const close = (): void => {
  panels.setState({ palette: 'closed' });
};

const itemClass = 'flex h-9 items-center gap-2.5 rounded-s px-2.5 data-[selected=true]:bg-sel';
const groupClass =
  '[&_[cmdk-group-heading]]:px-2.5 [&_[cmdk-group-heading]]:py-1.5 [&_[cmdk-group-heading]]:text-xs [&_[cmdk-group-heading]]:text-ink-3';

const Choices = ({ heading, children }: { readonly heading: string; readonly children: ReactNode }) => (
  <Command.Group heading={heading} className={groupClass}>
    {children}
  </Command.Group>
);

type ChoiceProps = { readonly id: string; readonly onChoose: () => void; readonly children: ReactNode };

/** One thing to choose; the palette closes first. */
const Choice = ({ id, onChoose, children }: ChoiceProps) => (
  <Command.Item
    value={id}
    className={itemClass}
    onSelect={() => {
      close();
      onChoose();
    }}
  >
    {children}
  </Command.Item>
);

const matches = (text: string, search: string): boolean =>
  text.toLowerCase().includes(search.trim().toLowerCase());

const CommandItems = ({ search }: { readonly search: string }) => {
  const engine = useEngine();
  const fitting = commands.filter((command) => matches(`${command.group} ${command.title}`, search));
  return (
    <Choices heading="Commands">
      {fitting.map((command) => (
        <Choice key={command.id} id={command.id} onChoose={() => command.run(engine)}>
          {command.title}
          <span className="ml-auto flex gap-1">
            {command.keys.slice(0, 1).map((keys) => (
              <Keys key={keys} keys={keys} />
            ))}
          </span>
        </Choice>
      ))}
    </Choices>
  );
};

const InstanceItems = ({ search }: { readonly search: string }) => {
  const instances = useOverview((state) => state.instances);
  const orchestrations = useOverview((state) => state.orchestrations);
  const fitting = [...instances.values()].filter((one) => matches(one.name, search)).slice(0, 8);
  if (fitting.length === 0) return null;
  return (
    <Choices heading="Instances">
      {fitting.map((one) => (
        <Choice key={one.id} id={one.id} onChoose={() => go(routes.instance(one.orchestrationId, one.id))}>
          <StateIcon state={one.state} />
          {one.name}
          <span className="text-ink-3">{orchestrations.get(one.orchestrationId)?.name}</span>
          <span className="ml-auto">
            <StateChip state={one.state} />
          </span>
        </Choice>
      ))}
    </Choices>
  );
};

const SessionItems = ({ search }: { readonly search: string }) => {
  const { connection } = useEngine();
  const [list] = useState(() => createSessionList(connection, { search: '', states: [] }));
  const { items: answered, status, query } = useStore(list.store);
  // The answer may still be that to what was typed before: Enter must not open what does not fit.
  const isCurrent = status === 'ready' && query.search === search;
  const items = isCurrent ? answered : answered.filter((one) => matches(one.name, search));
  useEffect(() => {
    const timer = setTimeout(() => {
      list.setQuery({ search, states: [] });
    }, 80);
    return () => {
      clearTimeout(timer);
    };
  }, [list, search]);
  return (
    <Choices heading="Sessions">
      {items.slice(0, 20).map((one) => (
        <Choice key={one.id} id={one.id} onChoose={() => go(routes.orchestration(one.id))}>
          <StateIcon state={one.state} />
          <span className="truncate">{one.name}</span>
          <span className="ml-auto flex items-center gap-2 whitespace-nowrap text-ink-3">
            <When at={one.startedAt} />
            <StateChip state={one.state} />
          </span>
        </Choice>
      ))}
      {status === 'ready' && items.length === 0 ? (
        <p className="px-2.5 py-2 text-ink-3">No session fits. Type &gt; for commands.</p>
      ) : null}
    </Choices>
  );
};

const PaletteBody = ({ mode }: { readonly mode: 'sessions' | 'commands' }) => {
  const [text, setText] = useState(mode === 'commands' ? '>' : '');
  const isCommand = text.startsWith('>');
  const search = isCommand ? text.slice(1) : text;
  return (
    <Command
      shouldFilter={false}
      loop
      label="Search sessions, run a command"
      className="flex min-h-0 flex-1 flex-col"
    >
      <Command.Input
        value={text}
        onValueChange={setText}
        placeholder="Search sessions, or type > for commands"
        className="h-11 shrink-0 border-b border-line bg-transparent px-4 text-l outline-none placeholder:text-ink-3"
      />
      <Command.List className="min-h-0 flex-1 overflow-y-auto p-1.5">
        {isCommand ? (
          <CommandItems search={search} />
        ) : (
          <>
            <InstanceItems search={search} />
            <SessionItems search={search} />
            <Choices heading="Said and run">
              <Choice
                id="search-everything"
                onChoose={() => {
                  sessionPlace.setState({ search: search.trim() });
                  go(routes.search);
                }}
              >
                <TextSearch size={14} strokeWidth={1.75} className="shrink-0 text-ink-3" aria-hidden />
                <span className="truncate">
                  {search.trim() === '' ? 'Search everything…' : `Search everything for “${search.trim()}”`}
                </span>
                <span className="ml-auto">
                  <Keys keys="Mod+Shift+F" />
                </span>
              </Choice>
            </Choices>
          </>
        )}
      </Command.List>
    </Command>
  );
};

/** Mod+K: sessions and instances by name; with `>` the commands. */
export const Palette = () => {
  const mode = useStore(panels, (state) => state.palette);
  return (
    <Dialog open={mode !== 'closed'} onClose={close} title="Search sessions, run a command" titleHidden>
      {mode === 'closed' ? null : <PaletteBody mode={mode} />}
    </Dialog>
  );
};
