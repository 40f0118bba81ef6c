/** What a condition of the guide asks of one field or component. */
export interface Asked {
  /** The segment or the data type; "" for the one that the row itself is about. */
  source: string
  number: number
  component: number | undefined
  is: Demand
}

export type Demand = {
  holds: "something" | "nothing" | "one" | "several" | "whatever"
  /** The only values it may have. */
  among?: readonly string[]
  /** The values it may not have. */
  except?: readonly string[]
  /** It is to have more characters than this. */
  longerThan?: number
}

/**
 * What the guide's notation asks for, one list for each way to meet it: `IF PID-24 EQUALS "Y" AND
 * PID-25 NOT VALUED` is one way, `IF RXO-12.1 IS VALUED OR RXO-12.3 IS VALUED` two. A condition of
 * none, or in words only, is met by itself: one way, which asks for nothing.
 */
export function askedBy(condition: string): Asked[][] {
  const text = condition
    .replaceAll(/\bIF\b|\bAREA\b|\bLST\./gi, " ")
    // A slip of the guide's pen: PL3.NOT VALUED.
    .replaceAll(/\b([A-Z]+)(\d)\.(?=NOT\b)/g, "$1.$2 ")
  const tokens = text.match(token) ?? []
  return anyOf({ tokens: parts(tokens), at: 0 })
}

/** Whether a value is what is asked for; `value` is the component's where one is named. */
export function meets({ holds, among, except, longerThan = 0 }: Demand, value: string): boolean {
  if (holds === "nothing") return value === ""
  if (among !== undefined) return among.includes(value)
  if (except?.includes(value)) return false
  return holds === "whatever" || (value !== "" && value.length > longerThan)
}

const token = /"[^"]*"|'[^']*'|[A-Z][A-Z0-9]{1,2}[-.]\d+(?:\.\d+)?|[A-Z]+|<>|[<>=]|\d+|[(),]/gi
const field = /^([A-Z][A-Z0-9]{1,2})[-.](\d+)(?:\.(\d+))?$/i

/** A field and what is said of it; either may stand at its neighbour only. */
interface Clause {
  place?: Pick<Asked, "source" | "number" | "component">
  said: string[]
}

type Part = "(" | ")" | "AND" | "OR" | Clause

/** Puts together what belongs to one field, and what it lacks from the clause beside it. */
function parts(tokens: readonly string[]): Part[] {
  const found: Part[] = []
  let clause: Clause | undefined
  let within = 0
  for (const [at, word] of tokens.entries()) {
    const upper = word.toUpperCase()
    const isPlace = field.test(word)
    // The brackets around a list of values, `IN ("M", "SH")`, are no brackets of the condition's.
    if (word === "(" && tokens[at - 1]?.toUpperCase() === "IN") within++
    else if (word === ")" && within > 0) within--
    else if (upper === "AND" || upper === "OR" || word === "(" || word === ")") {
      found.push(upper as "AND")
      clause = undefined
    } else if (clause === undefined || (isPlace && isComplete(clause))) {
      // The guide forgets an AND: `XCN.19 NOT VALUED XCN.20 NOT VALUED`.
      if (clause !== undefined) found.push("AND")
      clause = isPlace ? { place: placeOf(word), said: [] } : { said: [word] }
      found.push(clause)
    } else clause.said.push(isPlace ? "FIELD" : word)
  }
  return completed(found)
}

function isComplete({ said }: Clause): boolean {
  return /^VALUED?$/i.test(said.at(-1) ?? "")
}

/** `PRT-5 OR PRT-6 IS VALUED` says it of both, `IAM-15 VALUED AND NOT "SEL"` both of the one. */
function completed(found: readonly Part[]): Part[] {
  const clauses = found.filter((part): part is Clause => typeof part === "object")
  for (const [at, clause] of [...clauses.entries()].reverse()) {
    if (clause.said.length === 0) clause.said = clauses[at + 1]?.said ?? []
  }
  for (const [at, clause] of clauses.entries()) clause.place ??= clauses[at - 1]?.place
  return [...found]
}

interface Reading {
  tokens: readonly Part[]
  at: number
}

function anyOf(reading: Reading): Asked[][] {
  const ways = allOf(reading)
  while (reading.tokens[reading.at] === "OR") {
    reading.at++
    ways.push(...allOf(reading))
  }
  return ways
}

function allOf(reading: Reading): Asked[][] {
  let ways = one(reading)
  while (reading.tokens[reading.at] === "AND") {
    reading.at++
    const more = one(reading)
    ways = ways.flatMap((way) => more.map((other) => [...way, ...other]))
  }
  return ways
}

function one(reading: Reading): Asked[][] {
  const part = reading.tokens[reading.at++]
  if (part === "(") {
    const ways = anyOf(reading)
    // The guide forgets to close some.
    if (reading.tokens[reading.at] === ")") reading.at++
    return ways
  }
  if (typeof part !== "object") return [[]]
  const is = demandOf(part.said)
  const place = part.place ?? { source: "", number: 0, component: undefined }
  return [is === undefined ? [] : [{ ...place, is }]]
}

/** Undefined: it asks for nothing that a message could be made to hold. */
function demandOf(said: readonly string[]): Demand | undefined {
  const text = said
    .filter((word) => !/^["']/.test(word))
    .join(" ")
    .toUpperCase()
  const values = said.filter((word) => /^["']/.test(word)).map((word) => word.slice(1, -1))
  const number = Number(said.find((word) => /^\d+$/.test(word)))
  if (text.startsWith("COUNT")) {
    return { holds: />|GREATER/.test(text) ? "several" : "one" }
  }
  if (text.startsWith("LENGTH")) return { holds: "something", longerThan: number }
  const isNot = /\bNOT\b|<>/.test(text)
  if (values.length > 0) {
    return isNot ? { holds: "whatever", except: values } : { holds: "something", among: values }
  }
  if (/\bEMPTY\b/.test(text) || /\bNOT (VALUED|EXIST)/.test(text)) return { holds: "nothing" }
  return /\bVALUED?\b/.test(text) ? { holds: "something" } : undefined
}

function placeOf(word: string): Pick<Asked, "source" | "number" | "component"> {
  const [, source = "", number, component] = field.exec(word) ?? []
  return {
    source: source.toUpperCase(),
    number: Number(number),
    component: component === undefined ? undefined : Number(component),
  }
}
