import type { Log } from "./message.ts"

/**
 * Writes one JSON line per event: the time, the event's name, then ids, counts and codes. Never
 * message content: these lines leave the box.
 *
 * @param write takes one line, its end included
 */
export function openLog(write: (line: string) => void, now: () => number = Date.now): Log {
  return (event, fields = {}) => {
    const time = new Date(now()).toISOString()
    write(`${JSON.stringify({ time, event, ...fields })}\n`)
  }
}
