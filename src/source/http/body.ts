/** What became of reading a request's body. */
export type Body = { bytes: Uint8Array } | { refused: Refused }

export type Refused = "too large" | "no room" | "closing" | "cut off"

/** However little room there is, this much of each body is let in: most messages are smaller. */
const smallMax = 64 * 1024

/** What the bodies of all requests may take in memory, from their first byte to their answer. */
export class Room {
  readonly #bytesMax: number
  #held = 0

  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  /** A request's share of it, which must be left in the end. */
  enter(): Share {
    let held = 0
    return {
      take: (bytes) => {
        held += bytes
        this.#held += bytes
        return this.#held <= this.#bytesMax || held <= smallMax
      },
      leave: () => {
        this.#held -= held
        held = 0
      },
    }
  }
}

export interface Share {
  /** Says whether there is room for so many bytes more. */
  take(bytes: number): boolean
  leave(): void
}

/**
 * Reads a body of at most `bytesMax` bytes, and no further: that there are more is known by its
 * length, or by the byte that is too many. Breaks off when `closing` says so.
 */
export async function readBody(
  { headers, body }: Request,
  { bytesMax, share, closing }: { bytesMax: number; share: Share; closing: AbortSignal },
): Promise<Body> {
  if (closing.aborted) return { refused: "closing" }
  if (Number(headers.get("content-length") ?? 0) > bytesMax) return { refused: "too large" }
  if (!body) return { bytes: new Uint8Array() }
  const reader = body.getReader()
  const leave = () => void reader.cancel()
  closing.addEventListener("abort", leave)
  const chunks: Uint8Array[] = []
  let length = 0
  try {
    for (;;) {
      const { done, value } = await reader.read()
      if (closing.aborted) return { refused: "closing" }
      if (done) return { bytes: Buffer.concat(chunks) }
      chunks.push(value)
      length += value.length
      const room = share.take(value.length)
      if (room && length <= bytesMax) continue
      leave()
      return { refused: room ? "too large" : "no room" }
    }
  } catch {
    return { refused: "cut off" }
  } finally {
    closing.removeEventListener("abort", leave)
  }
}
