import type { Source } from "../message.ts"
import type { Store } from "../store/index.ts"
import { timeOf } from "./shown.ts"

/** How the box is doing, as `GET /api/v1/status` gives it: counts and times, never content. */
export interface Status {
  site: { id: string; name?: string | undefined }
  version: string
  commit: string
  /** ISO 8601, by the box's clock. */
  startedAt: string
  uptimeSeconds: number
  /** Why no message is taken in at the moment; left out: nothing is refused. */
  refusing?: string | undefined
  sources: Record<string, SourceStatus>
  destinations: Record<string, DestinationStatus>
  journal: {
    /** Messages that no route wanted: kept, and owed to nobody. */
    unrouted: number
    /** Messages on disk whose deliveries are not written down yet; normally near 0. */
    unfollowed: number
  }
  purging: PurgingStatus
}

/** What became of messages whose retention is over. */
export interface PurgingStatus {
  /** ISO 8601, when a run last took something away, and what; null: none yet. */
  lastAt: string | null
  messages: number
  quarantined: number
  /** Why nothing is purged, and what to do; left out: it is. */
  waiting?: string | undefined
}

export interface SourceStatus {
  /** Where senders reach it: `mllp 127.0.0.1:2575`. */
  address: string
  /** Messages this source handed in since the start, whatever the answer was. */
  received: number
  /** Messages of this source that ever reached the journal, repeats not counted. */
  stored: number
  /** What it could not take for a message, and is kept to find out why: `/api/v1/quarantine`. */
  quarantined: number
  /** Replies since the start, by the protocol's own code: `{ AA: 12, AE: 1 }`. */
  acked: Record<string, number>
  /** ISO 8601; null: none yet. */
  lastMessageAt: string | null
}

export interface DestinationStatus {
  state: "up" | "down" | "paused"
  /** What went wrong last, until a delivery goes through: also before it counts as down. */
  reason?: string | undefined
  /** ISO 8601, since when it is down or paused, or up again; left out: it was up all the time. */
  since?: string | undefined
  /** The person who paused it; left out: nobody did. */
  by?: string | undefined
  /** ISO 8601, when one delivery tries next whether it answers; left out: at any time. */
  probedAt?: string | undefined
  pending: number
  held: number
  /** Since the box was set up, and so are the discarded: what was purged is still counted. */
  delivered: number
  discarded: number
  /** How long the oldest pending message has waited; null: nothing waits. */
  oldestPendingSeconds: number | null
}

/** Whom the report asks. */
interface Reporting {
  config: { site: { id: string; name?: string | undefined }; source: object; destination: object }
  build: Pick<Status, "version" | "commit">
  store: Pick<Store, "counts" | "paused">
  sources: Readonly<Record<string, Source>>
  receiving: { refusing(): string | undefined; received(source: string): number }
  delivering: {
    standing(destination: string): {
      state: DestinationStatus["state"]
      reason?: string | undefined
      since: number | undefined
      notBefore: number
    }
  }
  purging: {
    standing(): {
      last: { at: number; messages: number; quarantined: number } | null
      steppedMs?: number | undefined
    }
  }
}

/** Opens the report that `GET /api/v1/status` gives. */
export function openStatus(reporting: Reporting) {
  const { config, build, store, sources, receiving, delivering, purging } = reporting
  const { site, source, destination } = config
  const startedAt = Date.now()
  return async (): Promise<Status> => {
    const now = Date.now()
    const [counts, paused] = await Promise.all([store.counts(), store.paused()])
    const { unrouted, unfollowed } = counts
    return {
      site: { id: site.id, name: site.name },
      ...build,
      startedAt: timeOf(startedAt),
      uptimeSeconds: Math.round((now - startedAt) / 1000),
      refusing: receiving.refusing(),
      sources: named(source, (name) => {
        const { stored, lastAt } = counts.sources[name] ?? { stored: 0, lastAt: undefined }
        return {
          address: sources[name]?.address ?? "",
          received: receiving.received(name),
          stored,
          quarantined: counts.quarantined[name] ?? 0,
          acked: { ...sources[name]?.replies },
          lastMessageAt: lastAt === undefined ? null : timeOf(lastAt),
        }
      }),
      destinations: named(destination, (name) => {
        const { notBefore, ...standing } = delivering.standing(name)
        const { state, reason } = standing
        const pause = paused[name]
        const since = pause?.at ?? standing.since
        const probed = !pause && state !== "up" && notBefore > now
        const { oldestPendingAt, ...counted } = counts.destinations[name] ?? nothing
        const waited = oldestPendingAt === null ? null : Math.round((now - oldestPendingAt) / 1000)
        return {
          ...{ state, reason, since: since === undefined ? undefined : timeOf(since) },
          ...{ by: pause?.by, probedAt: probed ? timeOf(notBefore) : undefined },
          ...counted,
          oldestPendingSeconds: waited,
        }
      }),
      journal: { unrouted, unfollowed },
      purging: purgingStatus(purging.standing()),
    }
  }
}

function purgingStatus({
  last,
  steppedMs,
}: ReturnType<Reporting["purging"]["standing"]>): PurgingStatus {
  const { messages = 0, quarantined = 0 } = last ?? {}
  const lastAt = last ? new Date(last.at).toISOString() : null
  if (steppedMs === undefined) return { lastAt, messages, quarantined }
  const hours = Math.abs(steppedMs / 3_600_000).toFixed(1)
  const waiting =
    `the clock stepped ${steppedMs < 0 ? "back" : "forward"} by ${hours} hours, or the box was ` +
    "off for so long: see that it is right, then confirm it (POST /api/v1/clock/confirm)"
  return { lastAt, messages, quarantined, waiting }
}

const nothing = { pending: 0, held: 0, delivered: 0, discarded: 0, oldestPendingAt: null }

function named<To>(names: object, to: (name: string) => To): Record<string, To> {
  return Object.fromEntries(Object.keys(names).map((name) => [name, to(name)]))
}
