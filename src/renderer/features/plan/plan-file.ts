import { failureError } from '../../../shared/domain/failure.ts';
import type { Connection } from '../../data/connection.ts';
import type { Host } from '../../host/host.ts';
import type { PlanDraft } from './plan-draft.ts';

const BYTES_MOST = 1_048_576;

const nameOf = (path: string): string => path.split(/[\\/]/).at(-1) ?? path;

/** Reads a plan file of this machine through the engine, so that relative paths in it hold. */
export const readPlanAt = async (connection: Connection, path: string): Promise<PlanDraft> => {
  const { file, text } = await connection.request((client) => client.plans.read({ file: path }));
  return { file, text, name: nameOf(file) };
};

/**
 * Reads a file that was dropped or chosen: by its path where the page learns it, else its text alone. Throws
 * `plan.too_large`.
 */
export const readPlanFile = async (connection: Connection, host: Host, file: File): Promise<PlanDraft> => {
  const path = host.pathForFile(file);
  if (path !== null && path !== '') return readPlanAt(connection, path);
  if (file.size > BYTES_MOST) {
    throw failureError('plan.too_large', `${file.name} is larger than 1 MiB, which no plan is.`);
  }
  return { text: await file.text(), file: null, name: file.name };
};
