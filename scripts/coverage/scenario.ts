import { type Asked, askedBy, meets } from "./condition.ts"
import { samplesOf } from "./samples.ts"
import type { Guide, Row } from "./tables.ts"
import type { Fields } from "./trial.ts"

/** One way to meet a row's condition. */
export interface Scenario {
  /** What the other fields of the segment, or components of the data type, are to hold. */
  others: Fields
  /** What is asked of the row's own field or component. */
  own: readonly Asked[]
}

/** The ways to meet what a row's condition asks, of its own field and of those beside it. */
export function scenariosOf(row: Row, guide: Guide): Scenario[] {
  const ways = askedBy(row.condition).map((way) => way.map((asked) => within(asked, row)))
  return ways.flatMap((way) => {
    const own = way.filter((asked) => isOwn(asked, row))
    const beside = way.filter((asked) => asked.source === row.source && !isOwn(asked, row))
    const numbers = Map.groupBy(beside, ({ number }) => number)
    const choices = [...numbers].map(([number, asked]) => {
      const type = typeOf(row.source, number, way, guide)
      const values = fitting(type, asked, samplesOf(type))
      return values.slice(0, 6).map((value) => [number, value] as const)
    })
    return productOf(choices).map((others) => ({ others: new Map(others), own }))
  })
}

/** The type of a field; what an OBX-2 is to hold is that of an OBX-5. */
function typeOf(source: string, number: number, way: readonly Asked[], guide: Guide): string {
  const type = guide.typeOf(source, number)
  if (type !== "varies") return type
  return way.find((asked) => asked.source === source && asked.number === 2)?.is.among?.[0] ?? "ST"
}

/** Those of the values that are as asked; where none is, what is asked put into each. */
export function fitting(
  type: string,
  asked: readonly Asked[],
  values: readonly string[],
): readonly string[] {
  const fit = values.filter((value) => asked.every((one) => isMet(type, one, value)))
  if (fit.length > 0) return fit
  return [...new Set(asked.reduce((given, one) => given.flatMap(made(one)), values))]
}

/** Whether the row is about its own field being empty. */
export function isOfNothing({ own }: Scenario): boolean {
  return own.some(({ component, is }) => component === undefined && is.holds === "nothing")
}

function isMet(type: string, { component, is }: Asked, value: string): boolean {
  if (is.holds === "several") return value.includes("~")
  if (is.holds === "one") return value !== "" && !value.includes("~")
  if (component === undefined) {
    return meets(is, is.among || is.except ? (value.split("^")[0] ?? "") : value)
  }
  return meets(is, componentOf(type, value, component))
}

/** The fifth component of a time is its minutes: it is to say them (PR1-5.5). */
function componentOf(type: string, value: string, component: number): string {
  if (type !== "DTM" && type !== "TS") return value.split("^")[component - 1] ?? ""
  return value.slice(component * 2, component * 2 + 2)
}

function made({ component, is }: Asked): (value: string) => string[] {
  return (value) => {
    if (is.holds === "several") return [`${value}~${value}`]
    if (is.holds === "nothing") return [component === undefined ? "" : placed(value, component, "")]
    const wanted = is.among ?? (is.except === undefined ? ["25"] : [""])
    // The bare code first: what a field of codes holds at its plainest.
    if (component === undefined) return wanted.flatMap((one) => [one, placed(value, 1, one)])
    return wanted.map((one) => placed(value, component, one))
  }
}

function placed(value: string, component: number, text: string): string {
  const parts = value.split("^")
  while (parts.length < component) parts.push("")
  parts[component - 1] = text
  return parts.join("^")
}

/** Of a field's type a condition speaks as `CX.5`; NDL says a PL's components three later. */
function within(asked: Asked, row: Row): Asked {
  const { source, number } = asked
  if (row.source === "NDL" && source === "PL")
    return { ...asked, source: "NDL", number: number + 3 }
  if (source === "") return { ...asked, source: row.source, number: row.number ?? 0 }
  if (source !== row.type || source === row.source) return asked
  return { ...asked, source: row.source, number: row.number ?? 0, component: number }
}

function isOwn({ source, number }: Asked, row: Row): boolean {
  return source === row.source && number === row.number
}

function productOf<T>(choices: readonly (readonly T[])[]): T[][] {
  return choices.reduce<T[][]>(
    (made, choice) => made.flatMap((before) => choice.map((one) => [...before, one])).slice(0, 12),
    [[]],
  )
}
