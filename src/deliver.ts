/**
 * The second half of a message's life: follow the journal, then next, map, send, settle. There is
 * no in-flight state on disk: after a crash a pending delivery is simply sent again.
 */
import { openFollowing } from "./follow.ts"
import { type Bearing, Line, type Lined, type Stands } from "./line.ts"
import { Busy, Pace } from "./pace.ts"
import { upright } from "./retry.ts"

interface Given extends Lined {
  owed: (message: { source: string; type: string }) => readonly string[]
  destinations: Readonly<Record<string, Bearing>>
}

/** Opens the way out, which `start` sets going. Nothing is lost by closing at any moment. */
export function openDelivering(given: Given) {
  const busy = new Busy()
  const lines = Object.fromEntries(
    Object.entries(given.destinations).map(([name, bearing]) => {
      return [name, new Line(name, bearing, given, new Pace(busy))]
    }),
  )
  const wakeAll = () => {
    for (const line of Object.values(lines)) line.wake()
  }
  const following = openFollowing({ ...given, onFollowed: wakeAll })
  return {
    start(): void {
      following.start()
      for (const line of Object.values(lines)) line.start()
    },
    /** Says that the journal has grown by a message. */
    wake(): void {
      busy.arrived(performance.now())
      following.wake()
    },
    /** Says that a person has decided something about deliveries to it. */
    decided(destination: string): void {
      lines[destination]?.wake()
    },
    standing: (destination: string): Stands =>
      lines[destination]?.stands() ?? { ...upright, since: undefined },
    /** Sends nothing until `resume`, for this reason; what is in flight comes to its end. */
    pause: (destination: string, reason: string): void => lines[destination]?.pause(reason),
    /** Goes on at full speed, whatever went wrong before. */
    resume: (destination: string): void => lines[destination]?.resume(),
    /** Sends it one delivery now, also where it is to be waited for. */
    probe: (destination: string): void => lines[destination]?.probe(),
    /** Lets what is in flight finish for `graceMs`; what did not stays pending. */
    async close(graceMs: number): Promise<void> {
      await Promise.all([
        following.close(),
        ...Object.values(lines).map((line) => line.close(graceMs)),
      ])
    },
  }
}
