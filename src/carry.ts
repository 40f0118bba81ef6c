import type { Bundle } from "fhir/r4"
import type { Mapped, MapRecord, Unmapped } from "./mapping.ts"
import type { Cause, Issue, Message, Outcome, Sending, Told } from "./message.ts"

/** One delivery to be mapped and sent. */
export interface Carrying {
  destination: string
  /** The same each time this delivery is sent. */
  key: string
  message: Message
  /**
   * Delivered since about the same subjects: what they update it may create, and not overwrite;
   * undefined where that can't be told any more, so that it may overwrite nothing.
   */
  newer: readonly Message[] | undefined
}

/** What came of it: the destination's answer, and what is to be remembered with it. */
export interface Carried {
  outcome: Outcome
  /** What held it, or may hold it in the end; of the destination it then says nothing. */
  heldBy?: Exclude<Cause, "destination"> | undefined
  told: readonly Told[]
  notes: readonly string[]
  /** The codes in it that no code map has. */
  unmapped?: readonly Unmapped[] | undefined
  /** The map's account of itself. */
  record?: MapRecord | undefined
}

/** Maps a message and sends it; `known` says what its destination was told of resources before. */
export type Carry = (
  carrying: Carrying,
  known: (resources: readonly string[]) => Promise<Told[]>,
  signal: AbortSignal,
) => Promise<Carried>

/** A destination as carrying uses it. */
export interface Outlet {
  takes: "bundle" | "message"
  send: (sending: Sending, signal: AbortSignal) => Promise<Outcome>
  /** What stands there of a resource it was never told about. Rejects when it can't be had now. */
  look?: ((resource: string, bundle: Bundle, signal: AbortSignal) => Promise<Told[]>) | undefined
}

interface Given {
  /** The resources a message keeps up to date. */
  owned: (message: Message) => readonly string[]
  map: (message: Message, known: readonly Told[], newer: Carrying["newer"]) => Mapped
  /** What is wrong with a Bundle of ours; one of which something is wrong is never sent. */
  check: (bundle: Bundle) => readonly Issue[]
  outlets: Readonly<Record<string, Outlet>>
}

/** What of a delivery needs neither the disk nor the other deliveries: map, check and send. */
export function openCarrying({ owned, map, check, outlets }: Given): Carry {
  return async ({ destination, key, message, newer }, known, signal) => {
    const outlet = outlets[destination]
    if (!outlet) throw new Error(`no destination ${destination}`)
    if (outlet.takes === "message") {
      const outcome = await send(outlet, { key, message, bundle: empty }, signal)
      return { outcome, told: [], notes: [] }
    }
    const mapped = await applyMap(message, {
      owned,
      map: (message, known) => map(message, known, newer),
      known,
      look: async (resource, bundle) => (await outlet.look?.(resource, bundle, signal)) ?? [],
    })
    if ("outcome" in mapped) return { outcome: mapped, told: [], notes: [] }
    if ("problem" in mapped) {
      const outcome: Outcome = { outcome: "hold", reason: mapped.problem }
      const { unmapped } = mapped
      return { outcome, heldBy: unmapped?.length ? "code" : "map", told: [], notes: [], unmapped }
    }
    const { bundle, told, notes, unmapped, record } = mapped
    if (!bundle.entry?.length) {
      // An answer to a query, say. There is nothing to send and nothing to decide: it is done with.
      const receipt = { status: 204, sent: "nothing: the message has nothing to say in FHIR" }
      return { outcome: { outcome: "delivered", receipt }, told, notes, record }
    }
    const issues = check(bundle)
    if (issues[0]) {
      // Without the entry's number, which would make a reason of its own of every message.
      const reason = `preflight: ${issues[0].text}`
      const outcome: Outcome = { outcome: "hold", reason, issues }
      return { outcome, heldBy: "preflight", told: [], notes, unmapped, record }
    }
    const outcome = await send(outlet, { key, message, bundle }, signal)
    return { outcome, told, notes, unmapped, record }
  }
}

/** For a destination that takes messages. */
const empty: Bundle = { resourceType: "Bundle", type: "transaction" }

interface With {
  owned: Given["owned"]
  map: (message: Message, known: readonly Told[]) => Mapped
  known: (resources: readonly string[]) => Promise<Told[]>
  /** `bundle`: what the message says of it. */
  look: (resource: string, bundle: Bundle) => Promise<Told[]>
}

/**
 * The map is applied over what this destination was told of the resources that the message keeps up
 * to date; once more only where the destination itself knew one of which it was told nothing. An
 * outcome where it did not say what it has.
 */
async function applyMap(
  message: Message,
  { owned, map, known: knownOf, look }: With,
): Promise<Mapped | Outcome> {
  const resources = owned(message)
  const known = resources.length > 0 ? await knownOf(resources) : []
  const mapped = map(message, known)
  const unheard = resources.filter((one) => !known.some(({ resource }) => resource === one))
  if ("problem" in mapped || unheard.length === 0) return mapped
  const looked: Told[] = []
  try {
    const looks = unheard.map((resource) => look(resource, mapped.bundle))
    looked.push(...(await Promise.all(looks)).flat())
  } catch (error) {
    // It may know better than doubt: with credentials that are wrong, that a person is needed.
    const { outcome, message: reason } = error as Error & { outcome?: Outcome }
    return outcome ?? { outcome: "retry", reason }
  }
  if (looked.length === 0) return mapped
  const again = map(message, [...known, ...looked])
  if ("problem" in again) return again
  // What is there is remembered with what the map says of it. A map that lets nothing of a resource
  // be remembered, as of a document of megabytes, has it looked up anew each time.
  const remembered = new Set(again.told.map(({ resource }) => resource))
  const read = looked.filter(({ resource }) => remembered.has(resource))
  return { ...again, told: [...read, ...again.told] }
}

/** What a destination throws is doubt: it may be one brought along, whose network has failed. */
async function send(outlet: Outlet, sending: Sending, signal: AbortSignal): Promise<Outcome> {
  try {
    return await outlet.send(sending, signal)
  } catch (error) {
    return { outcome: "retry", reason: "the destination failed", said: (error as Error).message }
  }
}
