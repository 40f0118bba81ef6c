import { describe, expect, test } from "bun:test"
import type { ShownHeld, Status } from "../../src/admin/index.ts"
import { addressesOfThisFile, asking } from "./answering.ts"

const { answering } = addressesOfThisFile()

const counts = { pending: 0, held: 0, delivered: 0, discarded: 0, oldestPendingSeconds: null }
const quiet: Status = {
  site: { id: "kisumu-01" },
  ...{ version: "0.1.0", commit: "abc1234", startedAt: "2026-04-15T12:00:00.000Z" },
  uptimeSeconds: 7_260,
  sources: {},
  destinations: {},
  journal: { unrouted: 0, unfollowed: 0 },
  purging: { lastAt: null, messages: 0, quarantined: 0 },
}

/** What `waystation status` prints of this. */
async function printed(status: Status, held: ShownHeld[] = [], ...args: string[]) {
  const url = answering(({ url }) => Response.json(url.endsWith("/held") ? { held } : status))
  const run = await asking(url, ["status", ...args], { env: { TZ: "UTC" } })
  expect([run.code, run.stderr]).toEqual([0, ""])
  return run.stdout
}

describe("status", () => {
  test("of a clinic where nothing is wrong is two small tables", async () => {
    const address = "mllp 127.0.0.1:2575"
    const counted = { received: 12, stored: 12, quarantined: 0 }
    const source = { address, ...counted, acked: {}, lastMessageAt: null }
    const sources = { lab: source, "a-longer-name": { ...source, stored: 1_200_000 } }
    const destinations = { central: { ...counts, state: "up", delivered: 12 } as const }
    expect(await printed({ ...quiet, sources, destinations })).toBe(
      `kisumu-01, waystation 0.1.0, up for 2 h

SOURCE          STORED  QUARANTINE  LAST MESSAGE  ADDRESS
lab                 12           0  -             mllp 127.0.0.1:2575
a-longer-name  1200000           0  -             mllp 127.0.0.1:2575

DESTINATION  STATE  PENDING  HELD  DELIVERED  DISCARDED  OLDEST WAITS
central      up           0     0         12          0             -
`,
    )
  })

  test("says what is wrong, since when, and what to do about it", async () => {
    const since = "2026-04-15T11:00:00.000Z"
    const probedAt = "2026-04-15T12:05:00.000Z"
    const one = { ...counts, pending: 7, oldestPendingSeconds: 200 }
    const destinations: Status["destinations"] = {
      central: { ...one, state: "down", reason: "no answer\u001b[2J", since, probedAt },
      ward: { ...one, state: "paused", reason: "by admin: moving", since, by: "admin" },
      register: { ...one, state: "up", reason: "answered 503" },
    }
    const held = [
      { destination: "central", reason: "answered 422", deliveries: 3, since, causeGone: 2 },
      { destination: "central", reason: "no map", deliveries: 1, since, causeGone: 1 },
    ]
    const wrong: Status = {
      ...{ ...quiet, site: { id: "kisumu-01", name: "Kisumu Clinic" }, destinations },
      refusing: "the disk is nearly full",
      sources: {
        lab: {
          ...{ address: "mllp :2575", received: 3, stored: 0, quarantined: 3 },
          ...{ acked: {}, lastMessageAt: null },
        },
      },
      journal: { unrouted: 1, unfollowed: 0 },
      purging: { ...quiet.purging, waiting: "the clock stepped" },
    }
    expect(await printed(wrong, held)).toBe(
      `kisumu-01 (Kisumu Clinic), waystation 0.1.0, up for 2 h
No message is taken in: the disk is nearly full

SOURCE  STORED  QUARANTINE  LAST MESSAGE  ADDRESS
lab          0           3  -             mllp :2575

DESTINATION  STATE   PENDING  HELD  DELIVERED  DISCARDED  OLDEST WAITS
central      down          7     0          0          0         3 min
ward         paused        7     0          0          0         3 min
register     up            7     0          0          0         3 min

central is down since 2026-04-15 11:00, tried next at 2026-04-15 12:05:
  no answer [2J
  to try it now: waystation resume central --probe

ward is paused since 2026-04-15 11:00 until somebody resumes it:
  by admin: moving
  to go on: waystation resume ward

register is up, and last said:
  answered 503

HELD  DESTINATION  SINCE             REASON
   3  central      2026-04-15 11:00  answered 422
   1  central      2026-04-15 11:00  no map

To look at them: waystation messages --state held
3 were held by what has changed since:
  waystation replay --cause-gone --destination central

3 things that came were no message; in quarantine:
  GET /api/v1/quarantine

1 message no route wanted

Nothing is purged: the clock stepped
`,
    )
  })

  test("is the API's own as JSON, with what is held", async () => {
    const held = [
      { destination: "a", reason: "b", deliveries: 1, since: "2026-04-15T11:00:00Z", causeGone: 0 },
    ]
    expect(JSON.parse(await printed(quiet, held, "--json"))).toEqual({ ...quiet, held })
  })
})
