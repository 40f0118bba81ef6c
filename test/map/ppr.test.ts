import { describe, expect, test } from "bun:test"
import { maps, ownedResources } from "../../src/map/index.ts"
import type { Told } from "../../src/message.ts"
import { invalid } from "../validate.ts"
import { context, mapped, message, resources } from "./build.ts"

const patient = "PID|1||HB-1^^^HOMA_BAY^MR||WANJALA^SARAH"

function segment(name: string, fields: Record<number, string>): string {
  const last = Math.max(...Object.keys(fields).map(Number))
  return [name, ...Array.from({ length: last }, (_, at) => fields[at + 1] ?? "")].join("|")
}

const prb = (fields: Record<number, string>) =>
  segment("PRB", { 3: "271737000^Anaemia^SCT", 4: "PB-1", ...fields })
const gol = (fields: Record<number, string>) =>
  segment("GOL", { 3: "HB11^Haemoglobin above 11^L", 4: "GL-1", ...fields })

function of(type: string, ...lines: string[]): string[] {
  return [`MSH|^~\\&|CARE|HOMA_BAY|||20260415||${type}|C1|P|2.5.1`, patient, ...lines]
}

/** What the destination is told by messages that come one after another. */
function life(...messages: string[][]) {
  const known: Told[] = []
  let last: ReturnType<typeof mapped> | undefined
  for (const [at, lines] of messages.entries()) {
    last = mapped(message(lines, { id: at + 1 }), known)
    expect(invalid(last.bundle)).toEqual([])
    known.push(...last.told)
  }
  if (last === undefined) throw new Error("no message")
  const [problem] = resources(last.bundle, "Condition")
  const [goal] = resources(last.bundle, "Goal")
  return { problem, goal, bundle: last.bundle, notes: last.notes }
}

const codes = (concept: { coding?: { code?: string }[] } | undefined) =>
  concept?.coding?.map(({ code }) => code)

describe("a problem", () => {
  const added = of("PPR^PC1", prb({ 1: "AD", 13: "Provisional", 16: "202603" }), "NTE|1||Pale.")

  test("that is deleted was entered in error, and is none any more where it is added again", () => {
    const deleted = of("PPR^PC3", prb({ 1: "DE" }))
    const { problem } = life(added, deleted)
    expect(codes(problem?.verificationStatus)).toEqual(["entered-in-error"])
    expect(problem?.clinicalStatus).toBeUndefined()
    expect(problem?.onsetDateTime).toBe("2026-03")
    const again = life(added, deleted, of("PPR^PC1", prb({}))).problem
    expect(again?.verificationStatus).toBeUndefined()
    expect(codes(again?.clinicalStatus)).toEqual(["active"])
  })

  test("that is updated in a few words keeps the rest", () => {
    const { problem } = life(added, of("PPR^PC2", prb({ 9: "20260701" })))
    expect(problem?.abatementDateTime).toBe("2026-07-01")
    expect(codes(problem?.clinicalStatus)).toEqual(["resolved"])
    expect(codes(problem?.verificationStatus)).toEqual(["provisional"])
    expect(problem?.note?.[0]?.text).toBe("Pale.")
  })

  test("with a status that is no word of FHIR's stays active, and keeps it", () => {
    const { problem, notes } = life(of("PPR^PC1", prb({ 14: "X1^Watched^L", 15: "20260401" })))
    expect(codes(problem?.clinicalStatus)).toEqual(["active"])
    expect(problem?.abatementDateTime).toBeUndefined()
    expect(JSON.stringify(problem?.clinicalStatus)).toContain("Watched")
    expect(notes).toEqual(["PRB-14: what it says is none of the codes that FHIR has there"])
  })

  test("is its sender's own where its number names nobody who gave it", () => {
    const id = (lines: string[]) => life(lines).problem?.identifier?.[0]?.value
    const other = added.map((line) => line.replace("|CARE|", "|WARD|"))
    expect(id(other)).not.toBe(id(added))
  })

  test("that stays as it is (UC) is only created where it is absent, and tells nothing", () => {
    const { bundle, told } = mapped(message(of("PPR^PC2", prb({ 1: "UC" }))))
    const methods = bundle.entry?.map(({ request }) => request?.method)
    expect(methods).not.toContain("PUT")
    expect(told).toEqual([])
  })
})

describe("a goal", () => {
  test("is about the problem it stands under, or those that stand under it", () => {
    const under = life(of("PPR^PC1", prb({}), gol({})))
    const above = life(of("PGL^PC6", gol({}), prb({})))
    const [identifier] = under.problem?.identifier ?? []
    expect(under.goal?.addresses).toEqual([{ type: "Condition", identifier }])
    expect(above.goal?.addresses).toEqual(under.goal?.addresses)
  })

  test("that no longer is about its problem (UN) says so, and keeps the rest", () => {
    const { goal } = life(
      of("PGL^PC6", gol({ 7: "20260420" }), prb({})),
      of("PGL^PC7", gol({}), prb({ 1: "UN" })),
    )
    expect(goal?.addresses).toBeUndefined()
    expect(goal?.startDate).toBe("2026-04-20")
  })

  test.each([
    ["PC6", "AD", "", "active"],
    ["PC7", "UP", "ON HOLD", "on-hold"],
    ["PC7", "UP", "C^Completed^L", "completed"],
    ["PC8", "", "Completed", "entered-in-error"],
    ["PC7", "DE", "", "entered-in-error"],
  ])("after %s with action %j and status %j is %s", (event, action, said, status) => {
    const { goal } = life(of(`PGL^${event}`, gol({ 1: action, 18: said })))
    expect(goal?.lifecycleStatus).toBe(status as NonNullable<typeof goal>["lifecycleStatus"])
  })
})

test("a message asks for what it keeps by name, and says each part of it once", () => {
  const lines = of("PPR^PC3", prb({ 13: "Confirmed" }), gol({ 1: "UC" }))
  const { told, bundle } = mapped(message(lines))
  const [problem] = resources(bundle, "Condition")
  const name = `Condition/${problem?.identifier?.[0]?.value}`
  expect(ownedResources(maps, message(lines), context())).toEqual([name])
  expect(new Set(told.map(({ part }) => part)).size).toBe(told.length)
  expect(new Set(told.map(({ resource }) => resource))).toEqual(new Set([name]))
})

test("a message that names neither a problem nor a goal is held", () => {
  expect(() => mapped(message(of("PPR^PC1", "PRB|AD")))).toThrow("neither PRB nor GOL")
  const header = "MSH|^~\\&|CARE|HOMA_BAY|||20260415||PPR^PC1|C1|P|2.5.1"
  expect(() => mapped(message([header, prb({})]))).toThrow("no PID segment")
})
