/**
 * The first half of a message's life: from a source's hands to the journal. What is answered
 * `stored` or `duplicate` here is on disk, fsynced, and will be delivered or held for a person.
 */
import type { Handed, Log, Receive, Verdict } from "./message.ts"
import type { Store } from "./store/index.ts"

interface Given {
  store: Pick<Store, "append" | "quarantine">
  log: Log
  now: () => number
  /** Called when a message has reached the journal. */
  onStored: () => void
}

/** Opens the way in: each source gets a `Receive` of its own name. */
export function openReceiving({ store, log, now, onStored }: Given) {
  const received: Record<string, number> = {}
  let refusing: string | undefined

  async function append(source: string, peer: string, bytes: Uint8Array, read: Handed["read"]) {
    const receivedAt = now()
    if ("malformed" in read) {
      const { malformed } = read
      await store.quarantine({ source, peer, receivedAt, malformed, bytes })
      log("malformed", { source, peer, bytes: bytes.length, reason: malformed.reason })
      return { verdict: "malformed", malformed } as const
    }
    const { id, repeat } = await store.append({ source, peer, receivedAt, bytes, ...read.head })
    if (repeat) return { verdict: "duplicate", id } as const
    onStored()
    return { verdict: "stored", id } as const
  }

  /** The disk is one of the four places that catch: what it refuses is refused to the sender. */
  async function receive(source: string, { peer, bytes, read }: Handed): Promise<Verdict> {
    received[source] = (received[source] ?? 0) + 1
    try {
      const verdict = await append(source, peer, bytes, read)
      if (refusing !== undefined) log("disk-accepts-again", { source })
      refusing = undefined
      return verdict
    } catch (error) {
      const reason = `the disk refused: ${(error as Error).message}`
      // Once, not for every message: senders try again, and the log lies on the same disk.
      if (refusing === undefined) log("disk-refuses", { source, reason })
      refusing = reason
      // What is malformed stays so, kept or not: to send it again would not help.
      if ("malformed" in read) return { verdict: "malformed", malformed: read.malformed }
      return { verdict: "unavailable", reason }
    }
  }

  return {
    from:
      (source: string): Receive =>
      (handed) =>
        receive(source, handed),
    /** Why the last message was refused, where the disk would not have it. */
    refusing: () => refusing,
    /** Messages a source handed in since the start, whatever the answer was. */
    received: (source: string) => received[source] ?? 0,
  }
}
