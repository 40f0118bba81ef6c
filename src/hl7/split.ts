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

function splitText(bytes: Uint8Array): Uint8Array[] {
  const starts = startsOf(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength))
  if (starts.length === 0) return [bytes]
  return starts.map((start, index) => bytes.subarray(start, starts[index + 1]))
}

/** Where an MSH begins a line. Behind the last byte of a byte order mark it does, too. */
function startsOf(buffer: Buffer): number[] {
  const starts: number[] = []
  for (let at = buffer.indexOf("MSH"); at >= 0; at = buffer.indexOf("MSH", at + 3)) {
    const before = buffer[at - 1]
    if (before === undefined || before <= 0x20 || before === 0xbf) starts.push(at)
  }
  return starts
}
