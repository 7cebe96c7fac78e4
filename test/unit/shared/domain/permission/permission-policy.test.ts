import { describe, expect, it } from 'vitest';
import { instantOf } from '../../../../../src/shared/domain/ids.ts';
import {
  afterWait,
  decideByPolicy,
  holdEndsAt,
  PLAN_PERMISSION_DEFAULTS,
  type PolicyContext,
} from '../../../../../src/shared/domain/permission/permission-policy.ts';

const bash = (command: string) => ({ toolName: 'Bash', input: { command } });
const context = (
  plan: { readonly allow?: readonly string[]; readonly deny?: readonly string[] },
  rest: Partial<PolicyContext> = {},
): PolicyContext => ({
  planPolicy: { ...PLAN_PERMISSION_DEFAULTS, ...plan },
  workspaceRules: [],
  instanceGrants: [],
  workspace: '/home/mia/shop',
  ...rest,
});

describe('a policy', () => {
  it('leaves to the person what no rule names', () => {
    expect(decideByPolicy(bash('git log'), context({}))).toBeNull();
    expect(decideByPolicy(bash('git log'), { ...context({}), planPolicy: null })).toBeNull();
  });

  it('says which rule decided, and whose it is', () => {
    expect(decideByPolicy(bash('git log'), context({ allow: ['Bash(git log:*)'] }))).toEqual({
      decision: 'allow',
      rule: 'Bash(git log:*)',
      because: 'Allowed by the rule Bash(git log:*) of the plan.',
    });
    const own = context({}, { instanceGrants: ['Bash(git log:*)'] });
    expect(decideByPolicy(bash('git log'), own)?.because).toContain('of this instance');
    const kept = context({}, { workspaceRules: [{ rule: 'Bash(git log:*)', decision: 'allow' }] });
    expect(decideByPolicy(bash('git log'), kept)?.because).toContain('of this workspace');
  });

  it('denies where any rule denies, whatever allows', () => {
    const rules = context(
      { allow: ['Bash'] },
      { workspaceRules: [{ rule: 'Bash(rm:*)', decision: 'deny' }], instanceGrants: ['Bash(rm:*)'] },
    );
    expect(decideByPolicy(bash('ls && rm x'), rules)).toMatchObject({ decision: 'deny', rule: 'Bash(rm:*)' });
    const plan = context({ deny: ['Edit'] }, { workspaceRules: [{ rule: 'Edit', decision: 'allow' }] });
    expect(decideByPolicy({ toolName: 'Edit', input: { file_path: 'x' } }, plan)?.decision).toBe('deny');
  });

  it('puts rules of different origin together for a compound command', () => {
    const rules = context({ allow: ['Bash(git log:*)'] }, { instanceGrants: ['Bash(head:*)'] });
    expect(decideByPolicy(bash('git log | head'), rules)?.decision).toBe('allow');
  });

  it('asks the person about a command that could hide what a rule denies', () => {
    const rules = context({ allow: ['Bash'], deny: ['Bash(rm:*)'] });
    expect(decideByPolicy(bash('$X y'), rules)).toBeNull();
    expect(decideByPolicy(bash('ls'), rules)?.decision).toBe('allow');
    expect(decideByPolicy(bash('$X y'), context({ allow: ['Bash'] }))?.decision).toBe('allow');
  });

  it('never says yes to a question or a plan, but may say no', () => {
    const asks = { kind: 'question', questions: [] } as const;
    const question = { toolName: 'AskUserQuestion', input: {}, asks };
    expect(decideByPolicy(question, context({ allow: ['AskUserQuestion'] }))).toBeNull();
    expect(
      decideByPolicy({ toolName: 'ExitPlanMode', input: {} }, context({ allow: ['ExitPlanMode'] })),
    ).toBeNull();
    expect(decideByPolicy(question, context({ deny: ['AskUserQuestion'] }))?.decision).toBe('deny');
  });

  it('lets nothing through while a rule that denies cannot be read', () => {
    expect(decideByPolicy(bash('ls'), context({ allow: ['Bash'], deny: ['Bash('] }))).toBeNull();
    expect(decideByPolicy(bash('ls'), context({ allow: ['Bash', 'Bash('] }))?.decision).toBe('allow');
  });
});

describe('a prompt that nobody answers', () => {
  const askedAt = instantOf(0);
  const policy = (afterWaitMs: number, then: 'allow' | 'deny' | 'stop') => ({
    ...PLAN_PERMISSION_DEFAULTS,
    afterWaitMs,
    afterWait: then,
  });

  it('is denied after an hour where the plan says nothing', () => {
    expect(afterWait(null, { ...bash('x'), askedAt })).toMatchObject({
      at: instantOf(3_600_000),
      decision: 'deny',
    });
    expect(afterWait(null, { ...bash('x'), askedAt }).message).toContain('within 60 minutes');
  });

  it('is answered as the plan says, a question never with yes', () => {
    expect(afterWait(policy(60_000, 'allow'), { ...bash('x'), askedAt })).toMatchObject({
      at: instantOf(60_000),
      decision: 'allow',
    });
    expect(afterWait(policy(60_000, 'stop'), { ...bash('x'), askedAt }).decision).toBe('stop');
    const asks = { kind: 'plan', plan: 'x' } as const;
    const plan = { toolName: 'ExitPlanMode', input: {}, asks, askedAt };
    expect(afterWait(policy(60_000, 'allow'), plan).decision).toBe('deny');
  });

  it('never waits for ever', () => {
    for (const ms of [Number.POSITIVE_INFINITY, 1e15]) {
      expect(afterWait(policy(ms, 'deny'), { ...bash('x'), askedAt }).at).toBe(instantOf(24 * 86_400_000));
    }
  });

  it('holds for trust too, while pauses and budgets wait', () => {
    const since = askedAt;
    expect(holdEndsAt(policy(5000, 'deny'), { kind: 'trust', folder: '/x', runs: [], since })).toBe(
      instantOf(5000),
    );
    expect(holdEndsAt(null, { kind: 'person', by: 'mia', scope: 'instance', since })).toBeNull();
  });
});
