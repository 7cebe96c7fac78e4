import { randomUUID } from 'node:crypto';
import type { PermissionQuestion } from '../../shared/domain/instance.ts';
import type { AttemptChange, PermissionAnswer } from '../engine/ports.ts';

/** One line of stdin in live mode. */
const line = (message: object): string => `${JSON.stringify(message)}\n`;

/** A message of the person. Newer versions tell under its id what becomes of it. */
export const userLine = (text: string, id: string): string =>
  line({
    type: 'user',
    uuid: id,
    message: { role: 'user', content: [{ type: 'text', text }] },
    parent_tool_use_id: null,
    session_id: '',
  });

/** Asks for the end of the turn in hand; the session goes on. */
export const interruptLine = (): string =>
  line({ type: 'control_request', request_id: randomUUID(), request: { subtype: 'interrupt' } });

/** Changes the model or the permission mode of a session that runs. */
export const configureLines = ({ model, permissionMode }: AttemptChange): string =>
  [
    ...(model === undefined ? [] : [{ subtype: 'set_model', model }]),
    ...(permissionMode === undefined ? [] : [{ subtype: 'set_permission_mode', mode: permissionMode }]),
  ]
    .map((request) => line({ type: 'control_request', request_id: randomUUID(), request }))
    .join('');

/** The answer to a permission prompt; an allowed tool runs with the input it was asked for with. */
export const answerLine = (question: PermissionQuestion, answer: PermissionAnswer): string =>
  line({
    type: 'control_response',
    response: {
      subtype: 'success',
      request_id: question.requestId,
      response:
        answer.decision === 'allow'
          ? {
              behavior: 'allow',
              updatedInput: { ...question.input, ...answer.updatedInput },
              ...modeUpdate(answer.permissionMode),
            }
          : {
              behavior: 'deny',
              message: answer.message,
              ...(answer.interrupt === true ? { interrupt: true } : {}),
            },
    },
  });

const modeUpdate = (mode: string | undefined): object =>
  mode === undefined ? {} : { updatedPermissions: [{ type: 'setMode', mode, destination: 'session' }] };
