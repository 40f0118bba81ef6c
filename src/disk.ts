/** How long to wait for a disk that refused. */
export const diskAgainMs = 1_000

/**
 * Why the disk refused: it is full, gone, read-only or kept by another, which passes. Throws the
 * error where it is anything else, a constraint that was violated or a bug of ours: to try that
 * again for ever would be to stop and say nothing, so it ends the process, which is started anew.
 */
export function diskReason(error: unknown): string {
  const { code, message } = error as { code?: unknown; message: string }
  if (typeof code !== "string" || !refusals.test(code)) throw error
  return message
}

/** What SQLite calls it, and the system; not `ERR_…`, which is a mistake in a call. */
const refusals =
  /^(SQLITE_(FULL|IOERR|CANTOPEN|BUSY|LOCKED|READONLY|PROTOCOL)(_|$)|E(?!RR_)[A-Z0-9]+$)/
