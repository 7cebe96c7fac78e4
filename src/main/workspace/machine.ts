import { freemem } from 'node:os';
import type { Machine } from '../engine/workspace-ports.ts';

/**
 * This machine. On Linux Node gives `MemAvailable`, which counts caches that the system would give up; elsewhere what the
 * system calls free. The limit of a container is not looked at.
 */
export const machine: Machine = { freeMemoryBytes: freemem };
