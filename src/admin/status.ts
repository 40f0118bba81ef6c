/** How the box is doing, as `GET /api/v1/status` gives it: counts and times, never content. */
export interface Status {
  site: { id: string; name?: string | undefined }
  version: string
  commit: string
  /** ISO 8601, by the box's clock. */
  startedAt: string
  uptimeSeconds: number
  /** Why the last message could not be stored, until one can; left out: nothing is refused. */
  refusing?: string | undefined
  sources: Record<string, SourceStatus>
  destinations: Record<string, DestinationStatus>
  journal: {
    /** Messages that no route wanted: kept, and owed to nobody. */
    unrouted: number
    /** Messages on disk whose deliveries are not written down yet; normally near 0. */
    unfollowed: number
  }
}

export interface SourceStatus {
  /** Where senders reach it: `mllp 127.0.0.1:2575`. */
  address: string
  /** Messages this source handed in since the start, whatever the answer was. */
  received: number
  /** Messages of this source that ever reached the journal, repeats not counted. */
  stored: number
  /** Replies since the start, by the protocol's own code: `{ AA: 12, AE: 1 }`. */
  acked: Record<string, number>
  /** ISO 8601; null: none yet. */
  lastMessageAt: string | null
}

export interface DestinationStatus {
  state: "up" | "down" | "paused"
  /** What went wrong last, until a delivery goes through: also before it counts as down. */
  reason?: string | undefined
  pending: number
  held: number
  delivered: number
  discarded: number
  /** How long the oldest pending message has waited; null: nothing waits. */
  oldestPendingSeconds: number | null
}
