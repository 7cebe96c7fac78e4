import { z } from 'zod';
import { acting, formatOption, type CommandSpec } from '../command-spec.ts';

const none = z.object({});

/** `netra settings` */
export const settingsCommands: readonly CommandSpec[] = [
  {
    usage: 'settings',
    summary: 'Look at the settings of the data directory, and change them',
    subcommands: [
      {
        usage: 'get [key]',
        summary: 'Show all settings, or one (this is what "netra settings" does)',
        isDefault: true,
        options: [formatOption(['text', 'json'], 'text: a line each; json: the same as data')],
        act: acting(z.object({ format: z.enum(['text', 'json']) }), async (context, [key], { format }) =>
          (await import('../commands/settings.ts')).getSettings(context, key ?? null, format),
        ),
      },
      {
        usage: 'set <key> <value>',
        summary: 'Give a setting a value: a word, a number, or JSON',
        examples: [
          'netra settings set quit ask',
          'netra settings set retention.maxAge 90d',
          'netra settings set budgets \'{"day": {"usd": 20}}\'',
        ],
        act: acting(none, async (context, [key = '', value = '']) =>
          (await import('../commands/settings.ts')).setSetting(context, key, value),
        ),
      },
      {
        usage: 'unset <key>',
        summary: 'Take a setting away: what holds without it holds again',
        act: acting(none, async (context, [key = '']) =>
          (await import('../commands/settings.ts')).unsetSetting(context, key),
        ),
      },
    ],
  },
];
