import type { ShownWholeMessage } from "../admin/index.ts"
import { counted, folded, plain, when } from "./table.ts"

type Delivery = ShownWholeMessage["deliveries"][number]
type Entry = ShownWholeMessage["trail"][number]

/** One message for people: what it is, what became of each delivery, and what happened when. */
export function whole(message: ShownWholeMessage): string {
  const { id, type, source, peer, receivedAt, size, deliveries, routed, trail } = message
  const from = `from ${source} (${plain(peer)})`
  return [
    `Message ${id}, ${plain(type)}, ${size} bytes`,
    `received ${when(receivedAt)} ${from}`,
    ...(routed === "unrouted" ? ["No route wanted it."] : []),
    ...(routed === "following" ? ["Just stored: whom it is owed to follows."] : []),
    ...deliveries.flatMap((delivery) => ["", ...deliveryOf(delivery)]),
    "",
    ...trail.map((entry) => `${when(entry.at)}  ${entryOf(entry)}`),
  ].join("\n")
}

/** A time among the API's words, which a person compares with the clock on the wall. */
const timeOfApi = /\b\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{3}Z/g

function deliveryOf(delivery: Delivery): string[] {
  const { id, destination, state, settledAt, attempts, waiting, reason, said, issues } = delivery
  const since = settledAt === null ? "" : `${state === "held" ? " since" : ""} ${when(settledAt)}`
  const tried = attempts === 0 ? "" : `, after ${counted(attempts, "try", "tries")}`
  const again = state === "held" ? [`to send it again: waystation replay ${id}`] : []
  const lines = [
    ...(waiting === null ? [] : [waiting.replaceAll(timeOfApi, when)]),
    ...(reason === null ? [] : [`${state === "pending" ? "last tried: " : ""}${reason}`]),
    ...(said === null ? [] : [`it said: ${said}`]),
    ...issues.map(({ severity, code, text, expression }) => {
      return `${severity} ${code}: ${[text, expression].filter((part) => part !== "").join(" at ")}`
    }),
    ...again,
  ]
  const head = `Delivery ${id} to ${destination}: ${state}${since}${tried}`
  return [head, ...lines.flatMap((line) => folded(plain(line), "  "))]
}

/** Which detail of an entry of the trail is for people; the rest is for programs (`--json`). */
function entryOf({ event, detail }: Entry): string {
  const { destination, by, reason } = detail
  const words = [event, destination, by === undefined ? undefined : `by ${by}`].filter(
    (word) => typeof word === "string",
  )
  return plain(words.join(" ") + (typeof reason === "string" ? `: ${reason}` : ""))
}
