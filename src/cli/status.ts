import type { DestinationStatus, ShownHeld, Status } from "../admin/index.ts"
import { asking } from "./api.ts"
import { print } from "./command.ts"
import { counted, folded, plain, span, table, when } from "./table.ts"

const help = `usage: waystation status [--json]

Says how a running gateway is doing: what came in, what was no message and is in quarantine, what
is owed to whom, what is held and why.

  --json             the same as JSON, for programs`

export const status = asking({
  name: "status",
  summary: "how is the gateway doing?",
  help,
  options: { json: { type: "boolean" } },
  async run(api, { json }) {
    const [status, { held }] = await Promise.all([
      api.get<Status>("status"),
      api.get<{ held: ShownHeld[] }>("held"),
    ])
    await print(json ? JSON.stringify({ ...status, held }, null, 2) : words(status, held))
  },
})

function words(status: Status, held: readonly ShownHeld[]): string {
  const { site, version, uptimeSeconds, refusing, journal, purging } = status
  const name = site.name === undefined ? site.id : `${site.id} (${plain(site.name)})`
  return [
    `${name}, waystation ${version}, up for ${span(uptimeSeconds)}`,
    ...(refusing === undefined ? [] : [`No message is taken in: ${plain(refusing)}`]),
    "",
    sourcesOf(status),
    "",
    destinationsOf(status),
    ...remarks(status),
    ...(held.length === 0 ? [] : ["", heldOf(held)]),
    ...quarantineOf(status),
    ...(journal.unrouted === 0
      ? []
      : ["", `${counted(journal.unrouted, "message", "messages")} no route wanted`]),
    ...(purging.waiting === undefined ? [] : ["", `Nothing is purged: ${plain(purging.waiting)}`]),
  ].join("\n")
}

function sourcesOf({ sources }: Status): string {
  return table(
    ["SOURCE", { right: "STORED" }, { right: "QUARANTINE" }, "LAST MESSAGE", "ADDRESS"],
    Object.entries(sources).map(([name, { stored, quarantined, lastMessageAt, address }]) => {
      return [name, String(stored), String(quarantined), when(lastMessageAt), address]
    }),
  )
}

/** Somebody's messages are not getting in, and only the bytes that came can tell why. */
function quarantineOf({ sources }: Status): string[] {
  const entries = Object.values(sources).reduce((sum, { quarantined }) => sum + quarantined, 0)
  if (entries === 0) return []
  const those = counted(entries, "thing that came was", "things that came were")
  return ["", `${those} no message; in quarantine:\n  GET /api/v1/quarantine`]
}

function destinationsOf({ destinations }: Status): string {
  const numbers = ["PENDING", "HELD", "DELIVERED", "DISCARDED"].map((right) => ({ right }))
  return table(
    ["DESTINATION", "STATE", ...numbers, { right: "OLDEST WAITS" }],
    Object.entries(destinations).map(([name, one]) => {
      const { pending, held, delivered, discarded } = one
      const counts = [pending, held, delivered, discarded].map(String)
      return [name, one.state, ...counts, span(one.oldestPendingSeconds)]
    }),
  )
}

/** What there is to say of each destination where something is wrong. */
function remarks({ destinations }: Status): string[] {
  return Object.entries(destinations)
    .filter(([, { state, reason }]) => state !== "up" || reason !== undefined)
    .map(([name, one]) => {
      const reason = folded(plain(one.reason ?? "-"), "  ")
      return ["", `${name} ${stands(one)}:`, ...reason, ...next(name, one)].join("\n")
    })
}

/** What a person can do once the cause is mended; what is up goes on by itself. */
function next(name: string, { state, by }: DestinationStatus): string[] {
  if (state === "up") return []
  if (by !== undefined) return [`  to go on: waystation resume ${name}`]
  return [`  to try it now: waystation resume ${name} --probe`]
}

function stands({ state, since, probedAt, by }: DestinationStatus): string {
  if (state === "up") return "is up, and last said"
  const tried = probedAt === undefined ? "" : `, tried next at ${when(probedAt)}`
  const until = by === undefined ? tried : " until somebody resumes it"
  return `is ${state} since ${when(since)}${until}`
}

function heldOf(held: readonly ShownHeld[]): string {
  const rows = held.map(({ deliveries, destination, since, reason }) => {
    return [String(deliveries), destination, when(since), reason]
  })
  const gone = held.filter(({ causeGone }) => causeGone > 0)
  const offered = new Map<string, number>()
  for (const { destination, causeGone } of gone) {
    offered.set(destination, (offered.get(destination) ?? 0) + causeGone)
  }
  return [
    table([{ right: "HELD" }, "DESTINATION", "SINCE", "REASON"], rows),
    "",
    "To look at them: waystation messages --state held",
    ...[...offered].map(([destination, count]) => {
      const those = counted(count, "was held", "were held")
      const replay = `waystation replay --cause-gone --destination ${destination}`
      return `${those} by what has changed since:\n  ${replay}`
    }),
  ].join("\n")
}
