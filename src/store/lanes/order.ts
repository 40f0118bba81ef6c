import type { Database } from "bun:sqlite"
import { type Lanes, lanesOf } from "./lanes.ts"
import { openPairs, type Paired } from "./pairs.ts"

/** A delivery by what decides its place. */
export interface Placed extends Paired {
  destination: string
}

/** So many at most are pulled forward by one that is urgent; a longer lane waits its turn. */
const pulledMax = 1_000

/**
 * The order inside the lanes: on the disk who goes right before whom, in memory where each lane
 * begins and ends. All of it is written inside a commit of the lanes.
 */
export function openOrder(database: Database, lanes: Lanes) {
  const pairs = openPairs(database)
  const placeOf = openPlaces(lanes, (id) => pairs.behind(id))
  const isUrgent = database.query<{ urgent: number }, [number]>(
    "SELECT urgent FROM delivery WHERE id = ?",
  )
  const hasten = database.query<unknown, [number]>("UPDATE delivery SET urgent = 1 WHERE id = ?")

  /** What goes before an urgent one is urgent too, or that would have to wait for it. */
  function urge(id: number): void {
    const waiting = pairs.before(id)
    for (let pulled = 0; pulled < pulledMax; pulled++) {
      const before = waiting.pop()
      if (!before) return
      if (isUrgent.get(before.id)?.urgent === 1) continue
      hasten.run(before.id)
      waiting.push(...pairs.before(before.id))
    }
  }

  return {
    /** Takes those that go before an urgent delivery along with it. */
    urge,
    /** Who goes right before a delivery that joins these lanes as their last. */
    lastsOf(own: readonly string[]): number[] {
      const lasts: number[] = []
      for (const lane of own) {
        const last = lanes.last(lane)
        if (last !== undefined && !lasts.includes(last)) lasts.push(last)
      }
      return lasts
    },
    /** Puts a new delivery behind those of `lastsOf`, which its row counts already. */
    join(id: number, own: readonly string[], lasts: readonly number[]): void {
      for (const last of lasts) pairs.add(last, id)
      for (const lane of own) lanes.join(lane, id)
    },
    /** Puts a delivery back into its lanes, behind the earlier ones and before the later ones. */
    enter(placed: Placed): void {
      const { id, destination, subjects } = placed
      let urgent = isUrgent.get(id)?.urgent === 1
      // All places first: a pair made for one lane may be one of another lane's, too.
      const places = lanesOf(destination, subjects).map((lane) => placeOf(lane, placed))
      for (const { lane, before, after } of places) {
        if (before !== undefined) pairs.link(before, id)
        if (after !== undefined) pairs.link(id, after)
        if (after !== undefined) urgent ||= isUrgent.get(after)?.urgent === 1
        lanes.enter(lane, id, before, after)
      }
      if (!urgent) return
      hasten.run(id)
      urge(id)
    },
    /** Takes a delivery out of its lanes, also from the middle; those behind it step forward. */
    leave({ id, destination, subjects }: Placed, ahead: number): void {
      const behind = pairs.behind(id)
      const before = ahead > 0 ? pairs.before(id) : []
      pairs.unlink(id, before, behind)
      const own = lanesOf(destination, subjects)
      for (const lane of own) {
        // With one subject, whoever is next to it is so in that subject's lane.
        const shares = own.length === 1 ? () => true : isIn(destination, lane)
        const first = before.find(shares)?.id
        const then = behind.find(shares)?.id
        if (first !== undefined && then !== undefined) pairs.link(first, then)
        lanes.leave(lane, id, first, then)
      }
    },
    /** Who goes right before it. */
    waitsFor: (id: number): number[] => pairs.before(id).map((before) => before.id),
  }
}

export type Order = ReturnType<typeof openOrder>

const isIn = (destination: string, lane: string) => (one: Paired) =>
  lanesOf(destination, one.subjects).includes(lane)

interface Place {
  lane: string
  before: number | undefined
  after: number | undefined
}

/** Finds between which two of a lane a delivery belongs that was put back. */
function openPlaces(lanes: Lanes, behind: (id: number) => Paired[]) {
  return (lane: string, { id, destination }: Placed): Place => {
    const last = lanes.last(lane)
    if (last === undefined || last < id) return { lane, before: last, after: undefined }
    let before: number | undefined
    let after = lanes.near(lane, id)
    while (after !== undefined && after < id) {
      before = after
      after = behind(before).find(isIn(destination, lane))?.id
    }
    return { lane, before, after }
  }
}
