/** The block characters of MLLP (HL7 v2 transport specification, release 1, 2.3.1). */
const VT = 0x0b
const FS = 0x1c
const CR = 0x0d

/** Bytes that senders leave between frames, and that mean nothing: NUL, TAB, LF, CR, FS, space. */
const noise: ReadonlySet<number> = new Set([0x00, 0x09, 0x0a, CR, FS, 0x20])

/** A chunk is small below so many bytes, and so many small ones in a row are joined into one. */
const smallMax = 1024

/** Pieces without an end in one frame that are told apart: 4 MB of them singly took 2.4 GB. */
const brokenMax = 64

/** What a stream of bytes turned out to hold. */
export type Framed =
  /** A frame that was whole. `started` is false where its VT was missing. */
  | { kind: "frame"; bytes: Uint8Array; started: boolean }
  /** Bytes that are no whole frame: cut off by the next one, or never begun as one. */
  | { kind: "stray"; bytes: Uint8Array; reason: string }
  /** Bytes whose frame had not ended when the stream did. */
  | { kind: "cutOff"; bytes: Uint8Array; reason: string }
  /** The beginning of a frame larger than allowed. Nothing after it can be told apart. */
  | { kind: "tooLarge"; bytes: Uint8Array }

/** Puts bytes into an MLLP frame. */
export function frame(bytes: Uint8Array): Buffer {
  const framed = Buffer.allocUnsafe(bytes.length + 3)
  framed[0] = VT
  framed.set(bytes, 1)
  framed[bytes.length + 1] = FS
  framed[bytes.length + 2] = CR
  return framed
}

/**
 * Takes a stream apart into frames, however its bytes were split on the way. Chunks are kept in a
 * list and joined once, when their frame is whole: a buffer joined afresh at every read is
 * quadratic (50 MB in 6.6 s, against 25 ms). Never throws.
 */
export class Framer {
  readonly #bytesMax: number
  #chunks: Uint8Array[] = []
  /** How many of the last chunks are small. */
  #small = 0
  #length = 0
  #inside = false
  #started = false
  #ended = false

  /** @param bytesMax the largest frame, in bytes, block characters not counted */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** Bytes kept of a frame that has begun and not ended. */
  get held(): number {
    return this.#length
  }

  /** Whether a frame has begun and not ended. */
  get begun(): boolean {
    return this.#inside
  }

  /** What `chunk` completes, in the order of the stream. After `tooLarge` nothing more comes. */
  push(chunk: Uint8Array): Framed[] {
    const framed: Framed[] = []
    let at = 0
    while (at < chunk.length && !this.#ended) {
      if (!this.#inside) {
        at = this.#begin(chunk, at)
        continue
      }
      const end = endIn(chunk, at)
      this.#keep(end < 0 ? alone(chunk.subarray(at)) : chunk.subarray(at, end))
      if (this.#length > this.#bytesMax) {
        this.#ended = true
        framed.push({ kind: "tooLarge", bytes: this.#take().subarray(0, this.#bytesMax) })
        break
      }
      if (end < 0) break
      for (const one of this.#finish()) framed.push(one)
      at = end + 1
    }
    return framed
  }

  /**
   * What is left when the stream has ended: nothing, or a frame cut off.
   *
   * @param why what ended it, as the beginning of a sentence
   */
  end(why = "the connection ended"): Extract<Framed, { kind: "cutOff" }>[] {
    if (!this.#inside || this.#length === 0) return []
    const reason = this.#started
      ? `${why} inside a frame`
      : `${why} after bytes in no frame: no VT before them, no FS behind`
    return [{ kind: "cutOff", bytes: this.#take(), reason }]
  }

  /** Skips what stands between frames; answers where the next one's content begins. */
  #begin(chunk: Uint8Array, from: number): number {
    let at = from
    while (noise.has(chunk[at] ?? VT)) at++
    if (at === chunk.length) return at
    this.#inside = true
    this.#started = chunk[at] === VT
    return this.#started ? at + 1 : at
  }

  #keep(bytes: Uint8Array): void {
    if (bytes.length === 0) return
    this.#chunks.push(bytes)
    this.#length += bytes.length
    this.#small = bytes.length < smallMax ? this.#small + 1 : 0
    // A chunk takes some 350 bytes besides its own: 2 MB that came byte by byte took 716 MB.
    if (this.#small < smallMax) return
    this.#chunks.push(Buffer.concat(this.#chunks.splice(-smallMax)))
    this.#small = 0
  }

  #take(): Uint8Array {
    const [only] = this.#chunks
    const bytes = only && this.#chunks.length === 1 ? only : Buffer.concat(this.#chunks)
    this.#chunks = []
    this.#small = 0
    this.#length = 0
    this.#inside = false
    return bytes
  }

  /**
   * A VT inside what was collected, with a header behind it, is where a sender that broke off
   * began again: what stands before was never finished, and must not be joined to what follows.
   */
  #finish(): Framed[] {
    const started = this.#started
    const bytes = this.#take()
    const framed: Framed[] = []
    const last = lastHeader(bytes)
    let from = 0
    for (let at = bytes.indexOf(VT); at >= 0 && at <= last; at = bytes.indexOf(VT, at + 1)) {
      if (!isHeader(bytes, at + 1) || (framed.length >= brokenMax && at < last)) continue
      const reason = from > 0 || started ? "a new frame began inside this one" : "bytes before a VT"
      if (at > from) framed.push({ kind: "stray", bytes: bytes.subarray(from, at), reason })
      from = at + 1
    }
    const begun = started || from > 0
    // Nobody waits for an answer to these: it would be taken for one to a message.
    if (!begun && !isHeader(bytes, 0)) {
      return [{ kind: "stray", bytes, reason: "bytes between frames, with no VT and no header" }]
    }
    framed.push({ kind: "frame", bytes: bytes.subarray(from), started: begun })
    return framed
  }
}

/**
 * Where the frame ends whose content goes on at `from`; -1 where it does not end in this chunk.
 *
 * The standard's end is FS CR. An FS alone is one too where nothing follows, a VT or a header:
 * senders forget the CR, or write it later, and wait for their answer. With any other byte behind
 * it an FS stands in a text. To end there would store half a message, and acknowledge it as the
 * whole; to go on harms less. Should it have been an end after all, with junk behind it, then that
 * message is kept in quarantine, unacknowledged, and its sender sends it again.
 */
function endIn(chunk: Uint8Array, from: number): number {
  let fs = chunk.indexOf(FS, from)
  while (fs >= 0) {
    let at = fs
    for (; noise.has(chunk[at] ?? VT); at++) {
      if (chunk[at] === FS && chunk[at + 1] === CR) return fs
    }
    if (chunk[at] === VT || isHeader(chunk, at) || isHeaderCut(chunk, at)) return fs
    fs = chunk.indexOf(FS, at)
  }
  return -1
}

/** A view keeps all of its chunk: ten bytes of a frame just begun held on to half a megabyte. */
function alone(bytes: Uint8Array): Uint8Array {
  return bytes.length * 2 < bytes.buffer.byteLength ? new Uint8Array(bytes) : bytes
}

/** The last VT with a header behind it; -1 where there is none. */
function lastHeader(bytes: Uint8Array): number {
  let at = bytes.lastIndexOf(VT)
  while (at >= 0 && !isHeader(bytes, at + 1)) at = at === 0 ? -1 : bytes.lastIndexOf(VT, at - 1)
  return at
}

/** Whether a message or a batch begins here, behind what may stand before its header. */
function isHeader(bytes: Uint8Array, from: number): boolean {
  const marked = bytes[from] === 0xef && bytes[from + 1] === 0xbb && bytes[from + 2] === 0xbf
  let at = marked ? from + 3 : from
  while (noise.has(bytes[at] ?? VT)) at++
  const [first = 0, second = 0, third = 0] = [bytes[at], bytes[at + 1], bytes[at + 2]]
  return headers.has(String.fromCharCode(first, second, third))
}

/** Whether a chunk ends here, before a header or inside the name of one. */
function isHeaderCut(chunk: Uint8Array, from: number): boolean {
  if (chunk.length - from >= 3) return false
  const rest = String.fromCharCode(...chunk.subarray(from))
  return [...headers].some((header) => header.startsWith(rest))
}

const headers: ReadonlySet<string> = new Set(["MSH", "FHS", "BHS"])
