import type { Cause, DeliveryState, Issue, Receipt } from "../message.ts"
import type { Store } from "../store/index.ts"

/** A delivery as the store finds it. */
export type Found = Awaited<ReturnType<Store["tank"]["ofMessage"]>>[number]
type FoundTrail = NonNullable<Awaited<ReturnType<Store["tank"]["one"]>>>["trail"]
/** A message as the store finds it. */
export type FoundMessage = Awaited<ReturnType<Store["search"]["page"]>>["messages"][number]

/** A delivery as the API shows it; times are ISO 8601, by the box's clock. */
export interface ShownDelivery {
  id: number
  message: number
  destination: string
  state: DeliveryState
  source: string
  type: string
  receivedAt: string
  urgent: boolean
  replayed: boolean
  attempts: number
  /** null: as soon as its turn comes, or it is not pending. */
  nextTryAt: string | null
  /** Since when it is held, delivered or discarded. */
  settledAt: string | null
  /** What went wrong last, or why it was discarded. */
  reason: string | null
  /** What the destination said, which may quote the message. */
  said: string | null
  issues: readonly Issue[]
  cause: Cause | null
  receipt: Receipt | null
}

/** A delivery, and why it has not gone yet; null: it is not pending. */
export type ShownWaiting = ShownDelivery & { waiting: string | null }

/** One delivery with all that is known of it. */
export interface ShownWhole extends ShownWaiting {
  waitsFor: readonly number[]
  trail: ShownEntry[]
}

export interface ShownMessage {
  id: number
  source: string
  peer: string
  type: string
  receivedAt: string
  /** Bytes. */
  size: number
  /** `following`: whom it is owed to is not written down yet. `unrouted`: to nobody. */
  routed: "following" | "unrouted" | "routed"
  deliveries: readonly { id: number; destination: string; state: DeliveryState }[]
}

/** One message with all that is known of it, which is not what it says. */
export interface ShownWholeMessage extends ShownMessage {
  deliveries: readonly ShownWaiting[]
  trail: ShownEntry[]
}

/** One entry of a message's trail. */
export interface ShownEntry {
  at: string
  event: string
  detail: Record<string, unknown>
}

/** Those that are held for one reason, the oldest of them since `since`. */
export interface ShownHeld {
  destination: string
  reason: string
  deliveries: number
  since: string
  /** So many are held by a part of the configuration that was changed since. */
  causeGone: number
}

export function shownDelivery(found: Found): ShownDelivery {
  const { messageId, receivedAt, settledAt, dueAt, state, ...rest } = found
  const { id, destination, source, type, urgent, replayed, attempts } = rest
  const { reason, said, issues, cause, receipt } = rest
  return {
    ...{ id, message: messageId, destination, state, source, type },
    receivedAt: timeOf(receivedAt),
    ...{ urgent, replayed, attempts },
    nextTryAt: state === "pending" && dueAt > 0 ? timeOf(dueAt) : null,
    settledAt: settledAt === null ? null : timeOf(settledAt),
    ...{ reason, said, issues, cause, receipt },
  }
}

export function shownMessage(found: FoundMessage): ShownMessage {
  const { id, source, peer, type, receivedAt, size, deliveries, followed } = found
  const unrouted = followed ? "unrouted" : "following"
  const routed = deliveries.length > 0 ? "routed" : unrouted
  return { id, source, peer, type, receivedAt: timeOf(receivedAt), size, routed, deliveries }
}

export function shownTrail(trail: FoundTrail): ShownEntry[] {
  return trail.map(({ at, event, detail }) => ({ at: timeOf(at), event, detail }))
}

export function timeOf(at: number): string {
  return new Date(at).toISOString()
}
