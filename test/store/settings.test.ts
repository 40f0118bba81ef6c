import { describe, expect, test } from "bun:test"
import { parseConfig, StartProblem } from "../../src/config.ts"
import { openGateway } from "../../src/gateway.ts"
import { oru, temporaryFolder } from "../build.ts"
import { openSender } from "../fake/sender.ts"

const site = { id: "kisumu-01" }

/** What `[store]` says, as the store is given it. */
function parsed(store: object) {
  return parseConfig({ site, store }, { sources: {}, destinations: {} }).store
}

function problemsOf(store: unknown): readonly string[] {
  try {
    parsed(store as object)
    return []
  } catch (error) {
    if (error instanceof StartProblem) return error.problems
    throw error
  }
}

describe("[store] in a configuration", () => {
  test("may be left out: a repeat is known for 30 days, and the disk says the rest", () => {
    expect(parsed({})).toEqual({ duplicateWindow: 30 * 86_400_000 })
  })

  test("says how long a repeat is known, and how much space is kept", () => {
    const mebibyte = 1024 ** 2
    expect(parsed({ duplicateWindow: "12h", lowWater: "256MiB", reserve: "16MiB" })).toEqual({
      duplicateWindow: 12 * 3_600_000,
      lowWater: 256 * mebibyte,
      reserve: 16 * mebibyte,
    })
  })

  test("is told everything that is wrong with it, each with its path", () => {
    const wrong = { duplicateWindow: "0d", lowWater: 64, reserve: "64MB", synchronous: "off" }
    expect(problemsOf(wrong)).toEqual([
      "store.duplicateWindow: must be a whole number above 0 and one of ms, s, m, h, d, " +
        'such as "30s", "5m" or "30d"',
      'store.lowWater: must be a size in quotes, such as "512KiB" or "64MiB"',
      "store.reserve: must be a whole number above 0 and one of B, KiB, MiB, GiB, " +
        'such as "512KiB" or "64MiB"',
      "store.synchronous: is not a key this section has",
    ])
    expect(problemsOf("30d")).toEqual(['store: must be a section, not "30d"'])
  })
})

describe("[retention] in a configuration", () => {
  const day = 86_400_000
  const retentionOf = (retention: object) =>
    parseConfig({ site, retention }, { sources: {}, destinations: {} }).retention

  test("may be left out: what was delivered is kept for 30 days, all else for 90", () => {
    const done = { unrouted: 90 * day, discarded: 90 * day, quarantined: 90 * day }
    const kept = { ...done, known: 730 * day }
    expect(retentionOf({})).toEqual({ delivered: 30 * day, ...kept })
    expect(retentionOf({ delivered: "7d" })).toEqual({ delivered: 7 * day, ...kept })
  })

  test("has no word for what is pending or held, which is always kept", () => {
    for (const key of ["pending", "held"]) {
      expect(() => retentionOf({ [key]: "30d" })).toThrow(`retention.${key}: is not a key`)
    }
    expect(() => retentionOf({ delivered: "0d" })).toThrow("retention.delivered: must be")
  })
})

test("a gateway below its low-water mark is alive, not ready, and answers AR 207", async () => {
  const events: string[] = []
  const config = {
    site,
    admin: { port: 0 },
    source: { lab: { kind: "mllp", host: "127.0.0.1", port: 0 } },
    store: { lowWater: "9999999GiB" },
  }
  const log = (event: string) => void events.push(event)
  const gateway = await openGateway(config, { data: temporaryFolder(), log })
  const sender = await openSender(Number(gateway.sources.lab?.split(":").at(-1)))
  expect(await sender.send(oru())).toMatchObject({ code: "AR", error: "207" })
  expect(await sender.send(oru())).toMatchObject({ code: "AR", error: "207" })
  expect((await fetch(`${gateway.admin}/healthz`)).status).toBe(200)
  const ready = await fetch(`${gateway.admin}/readyz`)
  expect([ready.status, await ready.text()]).toEqual([503, expect.stringContaining("MiB left")])
  const status = await gateway.status()
  expect(status.refusing).toContain("MiB left")
  expect(status.sources.lab?.stored).toBe(0)
  expect(events.filter((event) => event === "disk-refuses")).toHaveLength(1)
  sender.close()
  await gateway.close()
})
