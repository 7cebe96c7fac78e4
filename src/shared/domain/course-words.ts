import type { InstanceCourse } from './course.ts';

/** How far on its way an instance is, where that is not the beginning: `fallback 1`, `try 2`, `round 3`. */
export const courseWords = ({
  alternative,
  tries,
  round,
}: Pick<InstanceCourse, 'alternative' | 'tries' | 'round'>): readonly string[] => [
  ...(alternative > 0 ? [`fallback ${String(alternative)}`] : []),
  ...(tries > 0 ? [`try ${String(tries + 1)}`] : []),
  ...(round > 1 ? [`round ${String(round)}`] : []),
];
