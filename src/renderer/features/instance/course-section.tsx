import { courseWords } from '../../../shared/domain/course-words.ts';
import type { InstanceView } from '../../../shared/domain/instance.ts';
import type { JsonValue } from '../../../shared/domain/plan/plan-spec.ts';
import { Fact, Facts, Section } from '../../ui/layout.tsx';
import { CopyButton } from '../../ui/notes.tsx';
import { ScrollBox } from './scroll-box.tsx';

type Line = { readonly name: string; readonly value: string };

const line = (name: string, value: string | null): readonly Line[] =>
  value === null ? [] : [{ name, value }];

const textOf = (value: JsonValue): string =>
  typeof value === 'string' ? value : JSON.stringify(value, null, 2);

/** A worktree or copy of its own; null where it works in the folder itself. */
const ownPlace = ({ course: { workspace } }: InstanceView) =>
  workspace === null || workspace.kind === 'folder' ? null : workspace;

const factsOf = (instance: InstanceView): readonly Line[] => {
  const { course, group } = instance;
  const words = courseWords(course);
  const place = ownPlace(instance);
  return [
    ...line('Is at', words.length === 0 ? null : words.join(', ')),
    ...(group === null ? [] : line(`Of ${group.name}`, `number ${String(group.index + 1)}`)),
    ...(course.check === null ? [] : line('Check', course.check.passed ? 'passed' : 'did not pass')),
    ...(place === null ? [] : line('Works in', place.kind === 'copy' ? 'a copy' : 'a worktree')),
    ...line('Branch', place?.branch ?? null),
  ];
};

const textsOf = (instance: InstanceView): readonly Line[] => {
  const { course, group } = instance;
  const output = course.check?.output.trim() ?? '';
  return [
    ...(group === null ? [] : line('Item', textOf(group.item))),
    ...line('What the check said', output === '' ? null : output),
    ...line('Made of', ownPlace(instance)?.origin ?? null),
    ...line('Allowed for this instance', course.grants.length === 0 ? null : course.grants.join('\n')),
  ];
};

const Text = ({ name, value }: Line) => (
  <div className="mt-1.5 text-s">
    <h3 className="flex items-center text-ink-3">
      {name}
      <span className="ml-auto">
        <CopyButton text={value} />
      </span>
    </h3>
    <ScrollBox
      label={name}
      className="max-h-40 overflow-y-auto font-mono text-xs [overflow-wrap:anywhere] whitespace-pre-wrap"
    >
      {value}
    </ScrollBox>
  </div>
);

/** What was tried of it, the fan-out that it is one of, what its check said and where it works: what there is of that. */
export const CourseSection = ({ instance }: { readonly instance: InstanceView }) => {
  const facts = factsOf(instance);
  const texts = textsOf(instance);
  if (facts.length + texts.length === 0) return null;
  return (
    <Section title="On its way">
      <Facts>
        {facts.map(({ name, value }) => (
          <Fact key={name} name={name}>
            {value}
          </Fact>
        ))}
      </Facts>
      {texts.map((one) => (
        <Text key={one.name} {...one} />
      ))}
    </Section>
  );
};

/** The result as data, where the plan asked for one. */
export const ResultSection = ({ structured }: { readonly structured: JsonValue }) =>
  structured === null ? null : (
    <Section title="Result">
      <Text name="As data" value={textOf(structured)} />
    </Section>
  );
