import { afterEach, expect, jest, test } from "bun:test"
import { oru } from "../../build.ts"
import { listenersOfThisFile, token } from "./listener.ts"

// Before the listener's own: closing takes real time.
afterEach(() => void jest.useRealTimers())

const listen = listenersOfThisFile()

test("a sender in allow is answered, and known by its address", async () => {
  const { post, core } = await listen({ allow: ["127.0.0.0/8"] })
  expect((await post(oru())).status).toBe(200)
  expect(core.handed[0]?.peer).toMatch(/^127\.0\.0\.1:\d+$/)
})

test("a sender that comes over IPv6 with its IPv4 address is known by that one", async () => {
  const { post, core } = await listen({ host: "::ffff:127.0.0.1", allow: ["127.0.0.1"] })
  expect((await post(oru())).status).toBe(200)
  expect(core.handed[0]?.peer).toMatch(/^127\.0\.0\.1:\d+$/)
})

test("a sender not in allow is 403, unread, whatever token it has", async () => {
  const { post, core, logged } = await listen({ allow: ["10.0.0.0/8"] })
  for (const authorization of [`Bearer ${token}`, "Bearer wrong"]) {
    const response = await post(oru(), { authorization })
    expect(response.status).toBe(403)
    expect(response.headers.get("connection")).toBe("close")
    expect(await response.json()).toEqual({ error: "this address may not send here" })
  }
  expect(core.handed).toEqual([])
  const refused = { event: "connection-refused", source: "lab", peer: "127.0.0.1" }
  expect(logged).toEqual([{ ...refused, reason: "not in allow" }])
})

test("a sender that is refused again and again is in the log once a minute", async () => {
  jest.useFakeTimers()
  const { post, logged } = await listen({ allow: [] })
  for (let at = 0; at < 5; at++) expect((await post(oru())).status).toBe(403)
  jest.advanceTimersByTime(60_000)
  expect(logged.map(({ timesMore }) => timesMore)).toEqual([undefined, 4])
})
