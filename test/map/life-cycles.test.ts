import { describe, expect, test } from "bun:test"
import type { Message } from "../../src/message.ts"
import { message } from "./build.ts"
import { openCentre } from "./centre.ts"
import { orderCycles } from "./order/cycles.ts"

/**
 * Whatever comes twice, be it replayed by a person or sent again by its sender, changes nothing at
 * the centre. `SEED=<number>` repeats a run of the random life cycles.
 */
const seed = Number(process.env.SEED ?? Math.floor(Math.random() * 2 ** 31))

/** Each maps some hundreds of messages, on a machine that may have others' work to do. */
const timeoutMs = 60_000

type Step = string[]

const cycles: Record<string, Step[]> = {
  "of an inpatient": [
    adt("A05", visit({ ward: "MATERNITY", class: "P" })),
    adt("A01", visit({ ward: "MATERNITY" }), "DG1|1||O80^Birth^I10"),
    adt("A02", visit({ ward: "THEATRE", from: "MATERNITY" })),
    adt("A12", visit({ ward: "MATERNITY" })),
    adt("A02", visit({ ward: "POSTNATAL", from: "MATERNITY" })),
    adt("A08", visit({ ward: "POSTNATAL" }), "AL1|1|DA|PEN^Penicillin^L||RASH"),
    adt("A21", visit({})),
    adt("A22", visit({})),
    adt("A03", visit({ ward: "POSTNATAL", discharged: "20260418100000" })),
    adt("A13", visit({ ward: "POSTNATAL" })),
    adt("A08", visit({ ward: "POSTNATAL" })),
    adt("A03", visit({ discharged: "20260419100000" })),
  ],
  "of admissions that came to nothing": [
    adt("A14", visit({ ward: "WARD 1" })),
    adt("A27", visit({ ward: "WARD 1" })),
    adt("A05", visit({ ward: "WARD 2", class: "P" })),
    adt("A38", visit({ class: "P" })),
    adt("A01", visit({ ward: "WARD 3" })),
    adt("A11", visit({ ward: "WARD 3" })),
    adt("A23", visit({})),
  ],
  "of an outpatient who is moved about": [
    adt("A04", visit({ ward: "OPD", class: "O" })),
    adt("A09", visit({ ward: "OPD", class: "O", temporary: "XRAY" })),
    adt("A10", visit({ ward: "OPD", class: "O", temporary: "XRAY" })),
    adt("A32", visit({ ward: "OPD", class: "O", temporary: "XRAY" })),
    adt("A06", visit({ ward: "WARD 1" })),
    adt("A15", visit({ ward: "WARD 1", pending: "WARD 2" })),
    adt("A26", visit({ ward: "WARD 1", pending: "WARD 2" })),
    adt("A07", visit({ ward: "OPD", class: "O" })),
    adt("A03", visit({ class: "O" })),
  ],
  "of two records of one person": [
    adt("A28", pid(2)),
    adt("A01", visit({ ward: "WARD 1" })),
    adt("A24", pid(2)),
    adt("A40", pid(1), "MRG|2^^^KISUMU^MR"),
    adt("A37", pid(2)),
    adt("A08", visit({ ward: "WARD 1" })),
    merge("A40", 2, 1),
    merge("A40", 1, 2),
  ],
  "of a visit under the wrong patient": [
    adt("A28", pid(2)),
    adt("A01", visit({ ward: "WARD 1" })),
    move("A45", 2, 1),
    [header("A02"), pid(2), visit({ ward: "WARD 2", from: "WARD 1" })],
    move("A45", 1, 2),
    adt("A03", visit({ discharged: "20260418100000" })),
  ],
  "of numbers that change": [
    adt("A01", visit({ ward: "WARD 1" })),
    merge("A47", 3, 1),
    [header("A08"), pid(3), "PV1|1|I|WARD 1||||||||||||||||V1"],
    [header("A50"), pid(3), "MRG|3^^^KISUMU^MR||||V1", "PV1|1|I|WARD 1||||||||||||||||V2"],
    [header("A02"), pid(3), "PV1|1|I|WARD 2||||||||||||||||V2"],
  ],
  "of an account": [
    [header("A31"), account(1, "K1")],
    [header("A41"), account(1, "K2"), "MRG|1^^^KISUMU^MR||K1"],
    [header("A44"), account(2, "K2"), "MRG|1^^^KISUMU^MR||K2"],
    [header("A41"), account(1, "K1"), "MRG|1^^^KISUMU^MR||K2"],
  ],
  "of a person deleted and added again": [adt("A28"), adt("A29"), adt("A28"), adt("A31")],
  "of services ordered under one number": [
    orders("NW HB", "NW WBC"),
    orders("CA WBC"),
    orders("NW CRP"),
    orders("XO HB", "CA CRP"),
  ],
  "of allergies": [
    adt("A60", "IAM|1|DA|PEN^Penicillin^L|SV||A|77^REG"),
    adt("A60", "IAM|1|DA|PEN^Penicillin^L|MI||U|77^REG"),
    adt("A60", "IAM|1|DA|PEN^Penicillin^L|MI||D|77^REG"),
  ],
}

describe("a life cycle", () => {
  test.each(Object.entries({ ...cycles, ...orderCycles }))(
    "%s ends the same when any of it comes twice",
    (_, steps) =>
      Promise.all([endsTheSame(steps), endsTheSameSentAgain(steps)]).then(() => undefined),
    timeoutMs,
  )

  const random = Array.from({ length: 12 }, (_, index) => index)
  test.each(random)(
    `of random events ends the same (SEED=${seed}, number %d)`,
    (number) => endsTheSame(randomCycle(seed + number * 7919)),
    timeoutMs,
  )
})

/** Orders of one requisition, each by its control code (ORC-1) and service. */
function orders(...all: string[]): Step {
  const segments = all.flatMap((one) => {
    const [control, service] = one.split(" ")
    return [`ORC|${control}|R1`, `OBR|1|R1||${service}^${service}^L`]
  })
  return [header("A01").replace("ADT^A01", "ORM^O01"), pid(1), ...segments]
}

/** Every prefix of it twice and then the rest, and the whole of it and then a prefix again. */
async function endsTheSame(steps: readonly Step[]): Promise<void> {
  const once = await ending(messagesOf(steps))
  for (let length = 1; length <= steps.length; length++) {
    const sent = messagesOf(steps)
    const prefix = sent.slice(0, length)
    expect(await ending([...prefix, ...prefix, ...sent.slice(length)])).toEqual(once)
    expect(await ending([...sent, ...prefix])).toEqual(once)
  }
}

/**
 * The same where the sender sends it again, so that it comes as new messages. Of random events that
 * is not asked: a move that is sent again after what it moved has changed means something else.
 */
async function endsTheSameSentAgain(steps: readonly Step[]): Promise<void> {
  const all = messagesOf(steps)
  const once = await ending(all)
  for (let length = 1; length <= steps.length; length++) {
    const again = [...all.slice(0, length), ...all]
    const sent = again.map(({ bytes }, at) => message([], { id: at + 1, bytes }))
    expect(await ending(sent)).toEqual(once)
  }
}

async function ending(messages: readonly Message[]) {
  const centre = openCentre()
  for (const one of messages) await centre.deliver(one)
  return centre.state()
}

/** The steps as messages of the journal, an hour apart. */
function messagesOf(steps: readonly Step[]): Message[] {
  return steps.map((lines, at) => {
    const time = `202604${15 + Math.floor(at / 12)}${String(8 + (at % 12)).padStart(2, "0")}0000`
    return message(
      lines.map((line) => line.replace("TIME", time).replace("NUMBER", `C${at}`)),
      { id: at + 1 },
    )
  })
}

function header(event: string): string {
  return `MSH|^~\\&|HIS|KISUMU|||TIME||ADT^${event}|NUMBER|P|2.5.1`
}

function pid(number: number): string {
  return `PID|1||${number}^^^KISUMU^MR||ACHIENG^GRACE||19880412|F`
}

function account(number: number, of: string): string {
  return `${pid(number)}||||||||||${of}`
}

/** A message about patient 1, and what stands under its PID. */
function adt(event: string, ...lines: string[]): Step {
  return [header(event), pid(1), ...lines]
}

function merge(event: string, into: number, from: number): Step {
  return [header(event), pid(into), `MRG|${from}^^^KISUMU^MR`]
}

function move(event: string, to: number, from: number): Step {
  const visit = "PV1|1|I|||||||||||||||||V1"
  return [header(event), pid(to), `MRG|${from}^^^KISUMU^MR||||V1`, visit]
}

interface Visit {
  ward?: string
  from?: string
  temporary?: string
  pending?: string
  class?: string
  discharged?: string
}

function visit(given: Visit): string {
  const fields: string[] = ["PV1", "1", given.class ?? "I", given.ward ?? ""]
  fields[6] = given.from ?? ""
  fields[11] = given.temporary ?? ""
  fields[19] = "V1"
  fields[42] = given.pending ?? ""
  fields[44] = "20260415080000"
  fields[45] = given.discharged ?? ""
  return Array.from(fields, (field) => field ?? "").join("|")
}

/**
 * Any events in any order, of three patients with a visit each, and three wards. All merges and
 * moves go one way: what is moved on and back again out of turn has no one right ending.
 */
function randomCycle(from: number): Step[] {
  let state = from
  const below = (limit: number) => {
    state = (Math.imul(state, 1664525) + 1013904223) >>> 0
    return Math.floor((state / 2 ** 32) * limit)
  }
  const pick = <T>(all: readonly [T, ...T[]]): T => all[below(all.length)] ?? all[0]
  return Array.from({ length: 9 }, () => {
    const ward = pick(["WARD 1", "WARD 2", "WARD 3", ""])
    const temporary = pick(["", "", "XRAY"])
    const line = visit({ ward, temporary, from: pick(["", "WARD 1"]) })
    const event = events[below(events.length)] ?? "A08"
    const merging = ["A40", "A47", "A45", "A36"].includes(event)
    const patient = merging ? 1 : pick([1, 2, 3])
    const mrg = merging ? [`MRG|${pick([2, 3])}^^^KISUMU^MR||||${pick(["", "V1"])}`] : []
    return [header(event), pid(patient), ...mrg, line]
  })
}

const events = [
  "A01 A02 A03 A04 A05 A06 A07 A08 A09 A10 A11 A12 A13 A14 A15 A21 A22 A23 A28 A29 A31 A32 A33",
  "A36 A38 A40 A40 A45 A45 A47",
].flatMap((line) => line.split(" "))
