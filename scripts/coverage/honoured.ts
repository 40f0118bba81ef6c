import { definitionOf } from "../../src/fhir/definition.ts"
import { askedBy } from "./condition.ts"
import { messages } from "./messages.ts"
import { samplesOf } from "./samples.ts"
import type { Row } from "./tables.ts"
import { honours, type Target, targetOf } from "./target.ts"
import { type Fields, type Place, tried, triedWhole } from "./trial.ts"

/** The v2 codes that a vocabulary table has targets for. */
export type Codes = (vocabulary: string) => readonly string[]

/** Whether the maps honour a row of a segment's table, in any of the messages. */
export function honoursSegment(row: Row, codes: Codes): boolean {
  const target = targetOf({ type: row.target, path: [] }, row.attribute)
  return placesOf(row.source).some((place) => {
    const { number } = row
    if (number === undefined) return honours(row, target, triedWhole(place))
    return scenariosOf(row).some(({ others, values }) =>
      (values ?? valuesOf(row, codes)).some((value) => {
        const without = repeated(row, new Map([...others, [number, ""]]))
        const sayings = tried(place, repeated(row, new Map([...others, [number, value]])), without)
        return honours(row, target, sayings)
      }),
    )
  })
}

/** A component is made of each repetition where OBX-5 has several. */
function repeated({ table }: Row, fields: Fields): Fields {
  if (!table.endsWith("-Component]")) return fields
  const value = fields.get(5) ?? "some text"
  return new Map([...fields, [5, value === "" ? "" : `${value}~${value}`]])
}

/** A field that is of a data type, or a component of one that is. */
export interface Carrier {
  row: Row
  /** The component of the field's type that has this type; undefined: the field has it. */
  component: number | undefined
  target: Target
}

/** The fields whose rows, or a component of whose rows, lead to a data type's table. */
export function carriersOf(
  table: string,
  segments: readonly Row[],
  types: readonly Row[],
): Carrier[] {
  const fields = segments
    .filter(({ mapping }) => same(mapping, table))
    .map((row) => {
      const from = { type: row.target, path: [] }
      const target = targetOf(from, row.attribute, true)
      return { row, component: undefined, target: rooted(table, target) }
    })
  const nested = types
    .filter(({ mapping }) => same(mapping, table))
    .flatMap((inner): Carrier[] => {
      if (inner.number === undefined) return []
      return segments
        .filter(({ mapping }) => same(mapping, inner.table))
        .map((row) => {
          const outer = rooted(
            inner.table,
            targetOf({ type: row.target, path: [] }, row.attribute, true),
          )
          // The street of an address and the family of a name are about the address and the name.
          const within = about(inner.table) === about(table)
          const target = within ? outer : rooted(table, targetOf(outer, inner.attribute, true))
          return { row, component: inner.number, target }
        })
    })
  // Enough of them: a type is read in one place, whichever field is of it.
  return [...new Map([...fields, ...nested].map((one) => [keyOf(one), one])).values()].slice(0, 12)
}

/** Whether the maps honour a row of a data type's table, in one of the fields that carry it. */
export function honoursType(row: Row, carriers: readonly Carrier[], codes: Codes): boolean {
  return carriers.some((carrier) => {
    const target = targetOf(carrier.target, row.attribute)
    const field = carrier.row.number
    if (field === undefined) return false
    // The families read a segment in one place too: the first few messages that have it will do.
    return placesOf(carrier.row.source)
      .slice(0, 4)
      .some((place) =>
        scenariosOf(carrier.row).some(({ others, values }) =>
          changesOf(row, carrier, codes, values).some(([without, value]) => {
            const before = new Map([...others, [field, without]])
            const sayings = tried(place, new Map([...others, [field, value]]), before)
            return honours(row, target, sayings)
          }),
        ),
      )
  })
}

/** The values of the carrying field without the component and with it. */
function changesOf(
  row: Row,
  { row: { type }, component }: Carrier,
  codes: Codes,
  values: readonly string[] | undefined,
): [string, string][] {
  const samples = values ?? samplesOf(type === "varies" ? row.source : type)
  return samples.flatMap((sample): [string, string][] => {
    const parts = sample.split("^")
    const inner = component === undefined ? parts : (parts[component - 1] ?? "").split("&")
    const whole = (given: readonly string[]) =>
      component === undefined
        ? given.join("^")
        : placed(parts, component, given.join("&")).join("^")
    const { number } = row
    if (number === undefined) return [[component === undefined ? "" : whole([""]), sample]]
    const asked = othersAsked(row).reduce(
      (given, [at, value]) => (value !== "" && given[at - 1] ? given : placed(given, at, value)),
      inner,
    )
    const texts = valuesOf(row, codes).map((text) =>
      component === undefined ? text.replaceAll("^", "&") : (text.split("^")[0] ?? ""),
    )
    return [...new Set([...texts, inner[number - 1] ?? ""])]
      .filter((text) => text !== "")
      .map((text) => [whole(placed(asked, number, "")), whole(placed(asked, number, text))])
  })
}

function placed(parts: readonly string[], number: number, value: string): string[] {
  const given = [...parts]
  while (given.length < number) given.push("")
  given[number - 1] = value
  return given
}

/** What the row's condition asks the field to hold, else codes of its table, else what is usual. */
function valuesOf(row: Row, codes: Codes): readonly string[] {
  const own = askedBy(row.condition).find(
    ({ source, number, component }) =>
      source === row.source && number === row.number && (component ?? 1) === 1,
  )
  const asked = own?.values ?? []
  if (asked.length > 0) return asked
  return [...codes(row.vocabulary).slice(0, 6), ...samplesOf(row.type)]
}

interface Scenario {
  others: Fields
  /** What the field itself is to hold; undefined: whatever it may. */
  values?: readonly string[]
}

/** What else the segment holds: what the condition asks for, and the type of an OBX-5. */
function scenariosOf(row: Row): Scenario[] {
  const others = new Map(othersAsked(row))
  if (row.source !== "OBX") return [{ others }]
  const types = askedBy(row.condition).find(({ number }) => number === 2)?.values ?? []
  if (row.number === 5) {
    const given = types.length > 0 ? types : ["SN", "CWE"]
    return given.map((type) => ({ others: new Map([[2, type]]), values: samplesOf(type) }))
  }
  if (types.length === 0) return [{ others }]
  return types.flatMap((type) =>
    samplesOf(type).map((value) => ({ others: new Map([...others, [2, type], [5, value]]) })),
  )
}

function othersAsked(row: Row): [number, string][] {
  return askedBy(row.condition)
    .filter(({ source, number }) => source === row.source && number !== row.number)
    .map(({ number, values }) => [number, values === undefined ? "" : (values[0] ?? "25")])
}

function placesOf(segment: string): Place[] {
  return messages.flatMap((lines) => {
    const at = lines.findIndex((line) => line.startsWith(`${segment}|`))
    return at < 0 ? [] : [{ lines, segment: at }]
  })
}

function keyOf({ row, component, target }: Carrier): string {
  return [row.source, row.number, component, target.type, ...target.path].join()
}

/** A table about a resource leads to that resource, wherever it is mentioned. */
function rooted(table: string, target: Target): Target {
  const type = about(table) ?? ""
  return definitionOf(type)?.isResource ? { type, path: [] } : target
}

/** `Address` of `SAD[Address]`. */
function about(table: string): string | undefined {
  return /\[(\w+)/.exec(table)?.[1]
}

function same(one: string, other: string): boolean {
  return one.toLowerCase() === other.toLowerCase()
}
