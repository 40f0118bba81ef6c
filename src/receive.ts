/**
 * The first half of a message's life: from a source's hands to the journal. What is answered
 * `stored` or `duplicate` here is on disk, fsynced, and will be delivered or held for a person.
 */
import type { Handed, Log, Receive, Verdict } from "./message.ts"
import type { Store } from "./store/index.ts"

interface Given {
  store: Pick<Store, "append" | "quarantine" | "refusal" | "probe">
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
      return await append(source, peer, bytes, read)
    } catch (error) {
      const reason = (error as Error).message
      refuses(reason)
      // What is malformed stays so, kept or not: to send it again would not help.
      if ("malformed" in read) return { verdict: "malformed", malformed: read.malformed }
      return { verdict: "unavailable", reason }
    }
  }

  /** Says so once, not for every message: senders try again, and the log lies on the same disk. */
  function refuses(reason: string): void {
    if (refusing === undefined) log("disk-refuses", { reason })
    refusing = reason
  }

  function accepts(): void {
    log("disk-accepts-again")
    refusing = undefined
  }

  /** Looks whether there is room, so that it is known and said when no message comes either. */
  async function look(): Promise<void> {
    try {
      const reason = await store.refusal()
      if (reason !== undefined) return refuses(reason)
      if (refusing === undefined) return
      await store.probe()
      accepts()
    } catch (error) {
      refuses((error as Error).message)
    }
  }

  return {
    from:
      (source: string): Receive =>
      (handed) =>
        receive(source, handed),
    look,
    /** Why nothing is taken in, where the disk would not have it. */
    refusing: () => refusing,
    /** Messages a source handed in since the start, whatever the answer was. */
    received: (source: string) => received[source] ?? 0,
  }
}
