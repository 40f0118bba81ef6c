import * as v from "valibot"
import { knownSystem } from "../type/coding.ts"
import { codeText } from "../type/cwe.ts"
import { isUri } from "../type/hd.ts"
import { problemOfCode } from "./standard.ts"

const text = v.pipe(
  v.string("must be text in quotes"),
  v.transform((given) => codeText(given.trim()) ?? ""),
)

/** The targetSystem of a row, by its name in table 0396 or its URI; parses to the URI. */
const targetSystem = v.pipe(
  text,
  v.check((name) => name !== "", "is empty; it names the standard, such as LN or http://loinc.org"),
  v.check(
    (name) => name === "" || knownSystem(name) !== undefined || isUri(name),
    "is neither a name of table 0396, such as LN, SCT or UCUM, nor a URI",
  ),
  v.transform((name) => knownSystem(name) ?? name),
)

/**
 * One line of a code map: a sender's own code, by the source it comes from, the field it stands in
 * and the name its sender gives the coding system (each empty for any), and what it is in a
 * standard one. `display` is for the people who keep the list.
 */
export const codeRow = v.pipe(
  v.strictObject({
    source: v.optional(text, ""),
    field: v.optional(text, ""),
    system: v.optional(text, ""),
    code: v.pipe(text, v.nonEmpty("is empty; it is the code as it stands in the message")),
    display: v.optional(text, ""),
    targetSystem,
    targetCode: v.pipe(text, v.nonEmpty("is empty; it is the code in the standard system")),
    targetDisplay: v.optional(text, ""),
  }),
  v.rawCheck(({ dataset, addIssue }) => {
    if (!dataset.typed) return
    const { value } = dataset
    const problem = problemOfCode(value.targetSystem, value.targetCode)
    if (problem === undefined) return
    const path = { type: "object", origin: "value", input: value, key: "targetCode" } as const
    addIssue({ message: problem, path: [{ ...path, value: value.targetCode }] })
  }),
)

export type CodeRow = v.InferOutput<typeof codeRow>

/** The columns of a code map as CSV. */
export const columns = [
  ...(["source", "field", "system", "code", "display"] as const),
  ...(["targetSystem", "targetCode", "targetDisplay"] as const),
]

/** What tells a row from the others: its system's name is met in upper and lower case. */
export function rowKey({
  source,
  field,
  system,
  code,
}: Pick<CodeRow, "source" | "field" | "system" | "code">): string {
  return `${source}\n${field}\n${system.toUpperCase()}\n${code}`
}
