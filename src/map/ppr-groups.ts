import type { Segment } from "../hl7/message.ts"
import type { Reading } from "./reading.ts"
import { newObserved, type Observed } from "./result/groups.ts"

/** A problem or a goal, and what stands below it. */
export interface Listed {
  segment: Segment
  name: "PRB" | "GOL"
  /**
   * What is to be done with it: its action code (table 0287), else the event for those it is of.
   */
  action: "add" | "update" | "delete" | "unchanged"
  notes: Segment[]
  observed: Observed[]
  /** The problem of a goal, or the goal of a problem: the group it stands in, if any. */
  above: Listed | undefined
  /** That it is no longer of the group it stands in. */
  unlinked: boolean
}

/**
 * The problems and goals of a PPR^PC1 or a PGL^PC6 (2.5.1, 12.3), in their order. In the one goals
 * stand under problems, in the other problems under goals. Segments that no map reads are named.
 */
export function listedIn(reading: Reading): Listed[] {
  const [family = "", event = ""] = reading.message.type.split("^")
  const outer = family === "PGL" ? "GOL" : "PRB"
  const listed: Listed[] = []
  const left = new Set<string>()
  let group: Listed | undefined
  let notes: Segment[] | undefined
  for (const segment of reading.parsed.segments) {
    const { name } = segment
    if (ofMessage.has(name)) continue
    const last = listed.at(-1)
    if (name === "PRB" || name === "GOL") {
      const inner = name !== outer
      const given = segment.text(1)?.toUpperCase()
      const one: Listed = {
        segment,
        name,
        action: actionOf(given) ?? (inner ? "update" : (actionOf(event) ?? "update")),
        notes: [],
        observed: [],
        above: inner ? group : undefined,
        unlinked: given === "UN",
      }
      if (!inner) group = one
      listed.push(one)
      notes = one.notes
    } else if (name === "OBX" && last !== undefined) {
      const observed = newObserved(segment)
      last.observed.push(observed)
      notes = observed.notes
    } else if (name === "NTE" && notes !== undefined) notes.push(segment)
    else {
      left.add(name)
      notes = undefined
    }
  }
  if (left.size > 0) reading.note(`segments that no map reads: ${[...left].join(", ")}`)
  return listed
}

/**
 * SFT is read by `addOrigin`; the others are read apart.
 */
const ofMessage: ReadonlySet<string> = new Set(["MSH", "SFT", "PID", "PD1", "NK1", "PV1"])

function actionOf(code = ""): Listed["action"] | undefined {
  return Object.hasOwn(actions, code) ? actions[code] : undefined
}

/** Table 0287, and the events. To link (LI) and unlink (UN) leaves what is linked as it is. */
const actions: Record<string, Listed["action"]> = {
  AD: "add",
  CO: "update",
  DE: "delete",
  LI: "unchanged",
  UC: "unchanged",
  UN: "unchanged",
  UP: "update",
  PC1: "add",
  PC2: "update",
  PC3: "delete",
  PC6: "add",
  PC7: "update",
  PC8: "delete",
}
