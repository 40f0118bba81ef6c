import { type Context, Hono } from "hono"
import { patientKey } from "../hl7/subject.ts"
import { messagesAsked, read } from "./asked.ts"
import { by, waitingOf } from "./deliveries.ts"
import type { AdminView } from "./index.ts"
import { problem } from "./problem.ts"
import { shownDelivery, shownMessage, shownTrail, timeOf } from "./shown.ts"

type View = Pick<AdminView, "store" | "delivering" | "assigners" | "log">

/** Below `/api/v1/messages`: what is known of the messages in the journal, and their bytes. */
export function openMessagesApi({ store, delivering, assigners, log }: View) {
  const api = new Hono()

  api.get("/", async (c) => {
    const query = read(messagesAsked, c.req.query())
    if ("wrong" in query) return problem(c, 400, query.wrong)
    const { limit, cursor, patient, since, until, ...rest } = query.asked
    const subjects = patient === undefined ? undefined : subjectsOf(patient, assigners)
    const wanted = { ...rest, subjects, receivedFrom: since, receivedTo: until }
    const page = await store.search.page(wanted, { limit, before: cursor })
    return c.json({ messages: page.messages.map(shownMessage), next: page.before ?? null })
  })

  api.get("/:id{[0-9]{1,15}}", async (c) => {
    const id = Number(c.req.param("id"))
    const found = await store.search.one(id)
    if (!found) return noMessage(c, id)
    const owed = await store.tank.ofMessage(id)
    const deliveries = await Promise.all(
      owed.map(async (delivery) => {
        const one = delivery.state === "pending" ? await store.tank.one(delivery.id) : undefined
        const waiting = one ? await waitingOf({ store, delivering }, one) : null
        return { ...shownDelivery(delivery), waiting }
      }),
    )
    const { source, peer, receivedAt, trail } = found
    const first = { at: timeOf(receivedAt), event: "received", detail: { source, peer } }
    return c.json({ ...shownMessage(found), deliveries, trail: [first, ...shownTrail(trail)] })
  })

  api.get("/:id{[0-9]{1,15}}/raw", async (c) => {
    const id = Number(c.req.param("id"))
    const bytes = await store.search.bytes(id)
    if (!bytes) return noMessage(c, id)
    log("message-shown", { message: id, by })
    // A browser saves it: what a stranger sent is never shown as a page of ours.
    return c.body(Uint8Array.from(bytes), 200, {
      "content-type": "application/octet-stream",
      "content-disposition": `attachment; filename="message-${id}.hl7"`,
    })
  })
  return api

  async function noMessage(c: Context, id: number): Promise<Response> {
    const remains = await store.search.remains(id)
    if (!remains) return problem(c, 404, `there is no message ${id}`)
    return problem(c, 410, `message ${id} was purged: ${wordsOf(remains)}`)
  }
}

type Remains = NonNullable<Awaited<ReturnType<View["store"]["search"]["remains"]>>>

/** What it was and what became of it, for who looks for it long after. */
function wordsOf({ type, source, receivedAt, deliveries }: Remains): string {
  const fates = deliveries.map(({ destination, state, at }) => {
    return `${destination} ${state}${at === null ? "" : ` ${timeOf(at)}`}`
  })
  const what = `${type} from ${source}, received ${timeOf(receivedAt)}`
  return [what, ...(fates.length > 0 ? fates : ["no route wanted it"])].join("; ")
}

/**
 * The keys a patient's number may be kept under. Given as PID-3 has it (CX: `P-1^^^CLINIC`, the
 * authority's parts separated by &); a number that names no authority is any source's own.
 */
function subjectsOf(patient: string, assigners: readonly string[]): string[] {
  const [id = "", , , authority = ""] = patient.split("^")
  const [namespace = "", universalId = "", universalIdType = ""] = authority.split("&")
  const number = { id, namespace, universalId, universalIdType }
  const keys = ["", ...assigners].map((assigner) => patientKey(number, assigner))
  return [...new Set(keys.filter((key) => key !== undefined))]
}
