/**
 * What went wrong on the carrier's thread, for the log and for people: the error's name and where
 * it was thrown. Its text only where it is a plain Error, which is one of our own: what the runtime
 * throws may quote the message.
 */
export function faultOf(error: unknown): string {
  if (!(error instanceof Error)) return "something that is no error was thrown"
  const { message, name, stack = "" } = error
  const what = error.constructor === Error ? message : name
  // The text stands before the frames, and may look like one.
  const frame = /^ +at (.+)$/m.exec(stack.replace(message, ""))
  return frame ? `${what} at ${frame[1]}` : what
}
