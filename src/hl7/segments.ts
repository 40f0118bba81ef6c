/**
 * Whether a message has more than so many segments; told from its bytes, since parsing what is too
 * large is what is to be avoided. A line counts where `parseMessage` begins a segment with it, so
 * that no line of a long text does.
 */
export function hasMoreSegments(bytes: Uint8Array, max: number): boolean {
  // Three letters and the end of a line are the least that one takes.
  if (bytes.length <= max * 4) return false
  const buffer = Buffer.from(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  const field = buffer[buffer.indexOf("MSH") + 3]
  let segments = 0
  for (let at = 0; at < buffer.length; at++) {
    const before = buffer[at - 1] ?? carriageReturn
    if (!isEnd(before) || !isName(buffer, at)) continue
    const next = buffer[at + 3] ?? carriageReturn
    if ((isEnd(next) || next === field) && ++segments > max) return true
  }
  return false
}

const carriageReturn = 13
const lineFeed = 10

const isEnd = (byte: number) => byte === carriageReturn || byte === lineFeed
const isLetter = (byte = 0) => byte >= 0x41 && byte <= 0x5a
const isDigit = (byte = 0) => byte >= 0x30 && byte <= 0x39

function isName(buffer: Buffer, at: number): boolean {
  const [first, second, third] = [buffer[at], buffer[at + 1], buffer[at + 2]]
  return (
    isLetter(first) && (isLetter(second) || isDigit(second)) && (isLetter(third) || isDigit(third))
  )
}
