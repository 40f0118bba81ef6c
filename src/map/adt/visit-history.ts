import type {
  Coding,
  Encounter,
  EncounterClassHistory,
  EncounterLocation,
  EncounterStatusHistory,
  Period,
  Reference,
} from "fhir/r4"
import type { Reading } from "../reading.ts"
import { orderedPeriod } from "../type/dtm.ts"
import { isTemporary, temporary } from "../type/temporary.ts"

/** One event of a visit as its message told it, of which all together make the visit's history. */
export interface VisitEvent {
  /** `A02`. */
  event: string
  /** When it occurred, as a dateTime. */
  at?: string | undefined
  /** When the event occurred that it takes back. */
  of?: string | undefined
  status?: Encounter["status"] | undefined
  class?: Coding | undefined
  /** PV1-3, PV1-6 and PV1-11. */
  place?: Reference | undefined
  prior?: Reference | undefined
  temporary?: Reference | undefined
  /** The patient is to be there, and is not yet. */
  planned?: boolean | undefined
}

/** What a visit's history says of it; elements that nothing is known of are left out. */
export type VisitHistory = Pick<Encounter, "statusHistory" | "classHistory" | "location"> & {
  status?: Encounter["status"] | undefined
}

/**
 * The history of a visit out of its events, in the order of the messages. It is made anew each
 * time, so that an event that comes twice changes nothing and one that is taken back leaves no
 * trace. `before` is what stood at the destination when nothing had been told of the visit.
 */
export function visitHistory(
  told: readonly VisitEvent[],
  before: VisitHistory,
  reading: Reading,
): VisitHistory {
  const events = standing(told)
  return {
    ...statuses(events, before, reading),
    classHistory: classes(events, before, reading),
    location: places(events, before, reading),
  }
}

/** The events a cancel takes back (2.5.1, 3.3). A13 takes back whatever ended the visit. */
const cancelled: Record<string, readonly string[]> = {
  A11: ["A01", "A04"],
  A12: ["A02"],
  A27: ["A14"],
  A32: ["A10"],
  A33: ["A09"],
  A38: ["A05"],
}

/** The events after which a visit is as it was before it ended, or before the leave of absence. */
const resuming: ReadonlySet<string> = new Set(["A13", "A22"])

/** The events that bring the patient to another place; with any other, PV1-3 corrects the place. */
const moving: ReadonlySet<string> = new Set([
  "A01",
  "A02",
  "A04",
  "A05",
  "A06",
  "A07",
  "A10",
  "A14",
  "A17",
])

/** The events that end a stay at a temporary location. */
const tracking: ReadonlySet<string> = new Set(["A02", "A09", "A10", "A17"])

/**
 * The events but for those that were taken back. Of several that end the visit the last one did:
 * it corrects when, as the patient was not there in between.
 */
function standing(told: readonly VisitEvent[]): VisitEvent[] {
  let events: VisitEvent[] = []
  for (const event of told) {
    if (event.event === "A13" || event.status === "finished") {
      events = events.map((one) =>
        one.status === "finished" ? { ...one, status: undefined } : one,
      )
    }
    const taken = takenBack(event, events)
    events = [...events.filter((one) => one !== taken), event]
  }
  return events
}

/** The event of the time that a cancel names, else the last of its kind. */
function takenBack({ event, of }: VisitEvent, events: readonly VisitEvent[]) {
  const kinds = cancelled[event] ?? []
  const candidates = events.filter((one) => kinds.includes(one.event))
  return candidates.findLast(({ at }) => of !== undefined && at === of) ?? candidates.at(-1)
}

function statuses(events: readonly VisitEvent[], before: VisitHistory, reading: Reading) {
  const past: EncounterStatusHistory[] = [...(before.statusHistory ?? [])]
  let status = before.status
  let since: string | undefined
  for (const { event, at, status: said } of events) {
    const next = resuming.has(event) ? resumed(status, past) : said
    if (next === undefined || next === status) continue
    if (status !== undefined) past.push({ status, period: lasting(since, at, reading) })
    status = next
    since = at
  }
  return { status, statusHistory: past.filter(hasTime) }
}

/** What the visit was before it was finished or the patient on leave. */
function resumed(status: Encounter["status"] | undefined, past: readonly EncounterStatusHistory[]) {
  const away = (one: Encounter["status"] | undefined) =>
    one === undefined || one === "finished" || one === "onleave"
  return away(status)
    ? (past.findLast((one) => !away(one.status))?.status ?? "in-progress")
    : status
}

function classes(events: readonly VisitEvent[], before: VisitHistory, reading: Reading) {
  const past: EncounterClassHistory[] = [...(before.classHistory ?? [])]
  let current: Coding | undefined
  let since: string | undefined
  for (const { at, class: next } of events) {
    if (next === undefined) continue
    if (current?.code === next.code && current?.system === next.system) continue
    if (current) past.push({ class: current, period: lasting(since, at, reading) })
    current = next
    since = at
  }
  return past.filter(hasTime)
}

/** Where the patient is and was: the stay at an assigned place, and the one away from it. */
interface Stays {
  all: EncounterLocation[]
  assigned?: EncounterLocation | undefined
  temporary?: EncounterLocation | undefined
  /** The visit has ended. */
  over?: boolean
}

function places(events: readonly VisitEvent[], before: VisitHistory, reading: Reading) {
  const all = (before.location ?? []).map((stay) => ({ ...stay }))
  const open = all.filter(({ status }) => status === "active")
  const stays: Stays = {
    all,
    assigned: open.findLast((stay) => !isTemporary(stay)),
    temporary: open.findLast(isTemporary),
  }
  for (const event of events) {
    if (tracking.has(event.event)) leave(stays, "temporary", event.at, reading)
    if (event.prior) comeFrom(stays, event)
    if (event.place) settle(stays, "assigned", event.place, event, reading)
    if (event.temporary) {
      // Whoever departs (A09) is on the way there.
      const planned = event.planned || event.event === "A09"
      settle(stays, "temporary", event.temporary, { ...event, planned }, reading)
    }
    if (event.status !== undefined) stays.over = event.status === "finished"
    if (event.status === "finished") {
      leave(stays, "temporary", event.at, reading)
      leave(stays, "assigned", event.at, reading)
    }
  }
  return stays.all
}

/** A place the patient came from, that no message had told of. */
function comeFrom(stays: Stays, { prior, event, at }: VisitEvent): void {
  if (prior === undefined || stays.all.some(({ location }) => same(location, prior))) return
  const stay: EncounterLocation = {
    location: prior,
    status: "completed",
    period: { end: moving.has(event) ? at : undefined },
  }
  stays.all.push(stay)
}

function settle(
  stays: Stays,
  kind: "assigned" | "temporary",
  location: Reference,
  { event, at, planned }: VisitEvent,
  reading: Reading,
): void {
  const open = stays[kind]
  const status = planned ? "planned" : "active"
  const moves = moving.has(event)
  const period = moves && !planned && at !== undefined ? { start: at } : undefined
  if (open && (open.status === "planned" || !moves || same(open.location, location))) {
    open.location = location
    if (open.status !== "planned" || planned) return
    open.status = status
    open.period = period
    return
  }
  // Where a patient was who is no longer there is repeated by every later update of the visit.
  if (stays.over && !moves && stays.all.some((stay) => same(stay.location, location))) return
  leave(stays, kind, at, reading)
  const extension = kind === "temporary" ? [temporary] : undefined
  const stay: EncounterLocation = { extension, location, status, period }
  stays.all.push(stay)
  stays[kind] = stay
}

/** Ends a stay; a place where the patient has never been is not kept. */
function leave(
  stays: Stays,
  kind: "assigned" | "temporary",
  at: string | undefined,
  reading: Reading,
): void {
  const open = stays[kind]
  stays[kind] = undefined
  if (open === undefined) return
  if (open.status === "planned") stays.all = stays.all.filter((stay) => stay !== open)
  open.status = "completed"
  open.period = lasting(open.period?.start, at, reading)
}

function same(one: Reference, other: Reference): boolean {
  return one.reference === other.reference && one.display === other.display
}

function lasting(start: string | undefined, end: string | undefined, reading: Reading): Period {
  return orderedPeriod({ start, end }, "EVN", reading)
}

/** R4 demands a period of every entry of a history, and an empty one can't be written. */
function hasTime({ period }: { period: Period }): boolean {
  return period.start !== undefined || period.end !== undefined
}
