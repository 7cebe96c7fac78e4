import { homedir } from 'node:os';
import type { DoctorCheck } from '../../../../shared/contract/doctor.ts';
import { doctor as examine } from '../../../claude/installation/doctor.ts';
import { installationFor } from '../../engine-host.ts';
import { readSettings } from '../../settings.ts';
import { hostOptionsOf, type CliContext } from '../context.ts';
import { printable, type Tone } from '../terminal-text.ts';

const marks: Readonly<Record<DoctorCheck['status'], readonly [string, Tone]>> = {
  ok: ['✓', 'good'],
  warning: ['!', 'attention'],
  failed: ['✗', 'bad'],
};

/** `netra doctor`: 0 when all that is needed is there. It needs no engine, so that it also works where none can open. */
export const doctor = async (context: CliContext, format: 'text' | 'json'): Promise<number> => {
  const { streams, paint, dataDir } = context;
  const installation = installationFor(hostOptionsOf(context, 'settle'), await readSettings(dataDir));
  const nodeVersion = process.versions.node;
  const report = await examine({ installation, dataDir, home: homedir(), nodeVersion });
  if (format === 'json') await streams.print(JSON.stringify(report, null, 2));
  else {
    for (const { title, status, detail, fix } of report.checks) {
      const [sign, tone] = marks[status];
      await streams.print(`${paint(tone, sign)} ${paint('strong', title)}: ${printable(detail)}`);
      if (fix !== null) await streams.print(`    ${paint('attention', '→')} ${fix}`);
    }
  }
  return report.checks.some(({ status }) => status === 'failed') ? 1 : 0;
};
