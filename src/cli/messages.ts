import type { ShownMessage, ShownWholeMessage } from "../admin/index.ts"
import { type Api, asking } from "./api.ts"
import { print, UsageProblem } from "./command.ts"
import { whole } from "./message.ts"
import { table, when } from "./table.ts"
import { idsOf, receivedBy, receivedHelp, receivedOptions } from "./wanted.ts"

const help = `usage: waystation messages [OPTION…]
       waystation messages ID [--raw]

Lists the messages a running gateway has, the newest first. With the ID of one: where it was
delivered or why not, and what happened to it.

${receivedHelp}
  --control-id ID    under this control id (MSH-10)
  --patient NUMBER   about this patient, the number as PID-3 has it: 'P-1^^^CLINIC'
  --limit N          so many at most (20)
  --raw              the message itself, byte for byte, on standard output
  --json             the same as JSON, for programs`

const options = {
  ...receivedOptions,
  "control-id": { type: "string" },
  patient: { type: "string" },
  limit: { type: "string" },
  raw: { type: "boolean" },
  json: { type: "boolean" },
} as const

const limitUsual = "20"
/** The API's own, so that a page is asked for once at most. */
const pageMax = 1_000

export const messages = asking({
  name: "messages",
  summary: "which messages are there, and what became of them?",
  help,
  options,
  takes: "words",
  async run(api, values, positionals) {
    const [id, ...more] = idsOf(positionals)
    if (more.length > 0) throw new UsageProblem("one ID at a time")
    const { raw, json, limit: text, ...named } = values
    if (id === undefined) {
      if (raw) throw new UsageProblem("--raw takes the ID of a message")
      const limit = Number(text ?? limitUsual)
      if (!Number.isInteger(limit) || limit < 1) throw new UsageProblem("--limit takes a number")
      const { "control-id": controlId, patient } = named
      const found = await list(api, { ...receivedBy(named), controlId, patient }, limit)
      if (found.length === 0 && !json) return print(`no such message${hintFor(patient)}`)
      return print(json ? JSON.stringify(found, null, 2) : tableOf(found))
    }
    const wanted = [...Object.values(named), text].some((value) => value !== undefined)
    if (wanted) throw new UsageProblem("with an ID it takes --raw or --json only")
    if (raw) return write(await api.bytes(`messages/${id}/raw`))
    const one = await api.get<ShownWholeMessage>(`messages/${id}`)
    await print(json ? JSON.stringify(one, null, 2) : whole(one))
  },
})

/** Page by page: one looks at so much of the journal only, and may find nothing in it. */
async function list(api: Api, wanted: Record<string, string | undefined>, limit: number) {
  const found: ShownMessage[] = []
  let cursor: string | undefined
  do {
    const room = String(Math.min(limit - found.length, pageMax))
    const query = { ...wanted, limit: room, cursor }
    const page = await api.get<{ messages: ShownMessage[]; next: number | null }>("messages", query)
    found.push(...page.messages)
    cursor = page.next === null ? undefined : String(page.next)
  } while (cursor !== undefined && found.length < limit)
  return found
}

/** A number without its authority is another's number, and nobody can see that from outside. */
function hintFor(patient: string | undefined): string {
  if (patient === undefined || patient.includes("^")) return ""
  return ", with this number and no authority; with one, as PID-3 has it: 'P-1^^^CLINIC'"
}

function tableOf(found: readonly ShownMessage[]): string {
  return table(
    [{ right: "MESSAGE" }, "RECEIVED", "SOURCE", "TYPE", { list: "DELIVERIES (THEIR IDS)" }],
    found.map((message) => {
      const { id, receivedAt, source, type } = message
      return [String(id), when(receivedAt), source, type, deliveriesOf(message)]
    }),
  )
}

function deliveriesOf({ routed, deliveries }: ShownMessage): string {
  if (routed === "following") return "just stored"
  if (routed === "unrouted") return "no route wanted it"
  return deliveries
    .map(({ id, destination, state }) => `${destination} ${state} (${id})`)
    .join(", ")
}

function write(bytes: Uint8Array): Promise<void> {
  return new Promise((resolve, reject) => {
    process.stdout.write(bytes, (error) => (error ? reject(error) : resolve()))
  })
}
