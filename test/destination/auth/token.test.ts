import { beforeEach, describe, expect, test } from "bun:test"
import { AccessProblem, type Auth } from "../../../src/destination/auth/auth.ts"
import { type Granted, openToken } from "../../../src/destination/auth/token.ts"

const never = new AbortController().signal
const hourMs = 3_600_000
let now: number
let asked: PromiseWithResolvers<Granted>[]
let auth: Auth

/** A token whose endpoint answers when the test says so, by a time that the test sets. */
beforeEach(() => {
  now = 1000
  asked = []
  auth = openToken(
    (signal) => {
      const answer = Promise.withResolvers<Granted>()
      signal.addEventListener("abort", () => answer.reject(signal.reason))
      asked.push(answer)
      return answer.promise
    },
    { timeoutMs: 10_000, elapsed: () => now },
  )
})

/** Answers what was asked last. */
const grant = (authorization: string, lastsMs = hourMs) =>
  asked.at(-1)?.resolve({ authorization, lastsMs })

async function first(lastsMs = hourMs): Promise<void> {
  const headers = auth.headers(never)
  grant("Bearer 1", lastsMs)
  await headers
}

/** Lets what was answered arrive. */
const arrive = () => new Promise((resolve) => setImmediate(resolve))

test("eight lanes at once ask for one token", async () => {
  const all = Promise.all(Array.from({ length: 8 }, () => auth.headers(never)))
  grant("Bearer 1")
  expect(new Set((await all).map(({ authorization }) => authorization))).toEqual(
    new Set(["Bearer 1"]),
  )
  await auth.headers(never)
  expect(asked).toHaveLength(1)
})

test.each([
  ["an hour", hourMs, hourMs - 60_001, hourMs - 60_000],
  ["a minute", 60_000, 47_999, 48_000],
])(
  "a token of %s is renewed before its end, and serves until then",
  async (_, lastsMs, early, late) => {
    await first(lastsMs)
    now = 1000 + early
    await auth.headers(never)
    expect(asked).toHaveLength(1)
    now = 1000 + late
    expect(await Promise.all([auth.headers(never), auth.headers(never)])).toEqual([
      { authorization: "Bearer 1" },
      { authorization: "Bearer 1" },
    ])
    expect(asked).toHaveLength(2)
    grant("Bearer 2")
    await arrive()
    expect(await auth.headers(never)).toEqual({ authorization: "Bearer 2" })
  },
)

test("with the endpoint down the old token serves to its end; it is asked at times", async () => {
  await first()
  let sent = 0
  for (now = 1000 + hourMs - 60_000; now < 1000 + hourMs; now += 100) {
    expect(await auth.headers(never)).toEqual({ authorization: "Bearer 1" })
    asked.at(-1)?.reject(new AccessProblem({ outcome: "retry", reason: "down" }))
    await arrive()
    sent++
  }
  expect(sent).toBe(600)
  expect(asked.length).toBeGreaterThan(3)
  expect(asked.length).toBeLessThan(15)
  const last = auth.headers(never)
  asked.at(-1)?.reject(new AccessProblem({ outcome: "retry", reason: "down" }))
  await expect(last).rejects.toThrow("down")
})

test("a token lasts from when it was asked for: its answer may have taken long", async () => {
  const headers = auth.headers(never)
  now += 9000
  grant("Bearer 1", 10_000)
  await headers
  now += 1000
  const next = auth.headers(never)
  grant("Bearer 2")
  expect(await next).toEqual({ authorization: "Bearer 2" })
})

describe("a token that was refused", () => {
  test("is not shown again, and eight lanes ask for one other", async () => {
    await first()
    for (let lane = 0; lane < 8; lane++) {
      expect(auth.refused({ authorization: "Bearer 1" })).toBe(true)
    }
    const all = Promise.all([auth.headers(never), auth.headers(never)])
    grant("Bearer 2")
    expect(await all).toEqual([{ authorization: "Bearer 2" }, { authorization: "Bearer 2" }])
    expect(asked).toHaveLength(2)
  })

  test("by a lane that comes late does not take the newer one away", async () => {
    await first()
    auth.refused({ authorization: "Bearer 1" })
    const next = auth.headers(never)
    grant("Bearer 2")
    await next
    auth.refused({ authorization: "Bearer 1" })
    expect(await auth.headers(never)).toEqual({ authorization: "Bearer 2" })
    expect(asked).toHaveLength(2)
  })
})

describe("a wait for a token", () => {
  test("ends for the lane that is broken off, and for no other", async () => {
    const stop = new AbortController()
    const [stopped, other] = [auth.headers(stop.signal), auth.headers(never)]
    stop.abort(new Error("stopping"))
    await expect(stopped).rejects.toThrow("waiting for a token: stopping")
    grant("Bearer 1")
    expect(await other).toEqual({ authorization: "Bearer 1" })
    await expect(auth.headers(AbortSignal.abort(new Error("late")))).resolves.toBeDefined()
  })

  test("ends for all when the gateway stops", async () => {
    const waiting = auth.headers(never)
    auth.close()
    await expect(waiting).rejects.toThrow("the gateway is stopping")
  })

  test("is no longer than the destination's timeout", async () => {
    const hasty = openToken(
      (signal) =>
        new Promise((_, reject) => signal.addEventListener("abort", () => reject(signal.reason))),
      { timeoutMs: 20, elapsed: () => now },
    )
    await expect(hasty.headers(never)).rejects.toThrow("no whole answer within 0.02 s")
  })
})
