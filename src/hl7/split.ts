import { Framer } from "./frame.ts"

/**
 * The messages in a file, as a source would take them from the wire: MLLP frames where there are
 * any, else everything from one MSH at the start of a line to the next. What stands before the
 * first (a byte order mark, white space, a batch header) is left out; bytes without an MSH come
 * back as they are, so that reading them says what is wrong.
 */
export function splitMessages(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const [first = buffer.length] = startsOf(buffer)
  const begin = buffer.indexOf(0x0b)
  if (begin < 0 || begin > first) return splitText(buffer)
  const framer = new Framer(buffer.length)
  const framed = [...framer.push(buffer.subarray(begin)), ...framer.end()]
  return framed.flatMap((one) => splitText(one.bytes))
}

/**
 * The messages in one frame: one, but a sender may put the next behind it without an FS between.
 * Each is then a message of its own, or its results would go to the patient before it.
 */
export function messagesIn(bytes: Uint8Array): Uint8Array[] {
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  // Nearly every frame leaves here: one header at most, where it begins.
  if (!buffer.includes("MSH", 3)) return [bytes]
  const starts = startsOf(buffer)
  // Behind anything else they are no messages of their own: the whole is refused, and kept.
  const bare = buffer.toString("latin1", 0, starts[0]).replace("\xef\xbb\xbf", "").trim() === ""
  if (starts.length < 2 || !bare) return [bytes]
  return starts.map((start, index) => bytes.subarray(index && start, starts[index + 1]))
}

function splitText(bytes: Uint8Array): Uint8Array[] {
  const starts = startsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (starts.length === 0) return [bytes]
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]))
}

/**
 * Where a header begins a line: a text may name a hospital called MSH, at a line's start too. The
 * trailers of a batch (BTS, FTS) need no delimiters behind their name.
 */
export function startsOf(buffer: Buffer, mark = "MSH"): number[] {
  const rest = mark.endsWith("TS") ? /^(?:[^\w\s]|[\r\n]|$)/ : /^([^\w\s])[^\w\s]{1,5}\1/
  const starts: number[] = []
  for (let at = buffer.indexOf(mark); at >= 0; at = buffer.indexOf(mark, at + 3)) {
    const begins = rest.test(buffer.toString("latin1", at + 3, at + 10))
    if (begins && beginsLine(buffer, at)) starts.push(at)
  }
  return starts
}

/** Whether only a byte order mark, blanks or control characters stand before it on its line. */
function beginsLine(buffer: Buffer, header: number): boolean {
  let at = header - 1
  while (buffer[at] === 0x20 || buffer[at] === 0x09) at--
  if (buffer.toString("latin1", at - 2, at + 1) === "\xef\xbb\xbf") at -= 3
  return at < 0 || (buffer[at] ?? 0x20) < 0x20
}
