/** What a token endpoint does to us when it is not at its best. */
import { afterEach, beforeEach, describe, expect, setSystemTime, test } from "bun:test"
import { grantedOf } from "../../../src/destination/auth/token-endpoint.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import {
  granted,
  openTokenEndpoint,
  type TokenAnswer,
  type TokenAsked,
} from "../../fake/token-endpoint.ts"
import { type Opened, openReached, secretFile } from "./access.ts"

let central: Central
let endpoint: Awaited<ReturnType<typeof openTokenEndpoint>>
let opened: Opened
let clientSecretFile: string

beforeEach(async () => {
  central = await openCentral()
  endpoint = await openTokenEndpoint()
  clientSecretFile = secretFile("s3cret")
  opened = open()
})

afterEach(async () => {
  opened[Symbol.dispose]()
  await endpoint[Symbol.asyncDispose]()
  await central.close()
})

type More = { timeout?: number } & Partial<Record<"tokenUrl" | "audience" | "resource", string>>

const open = (more: More = {}): Opened => {
  const { timeout = 10_000, ...asked } = more
  return openReached({
    url: central.url,
    timeout,
    auth: {
      kind: "client-credentials",
      tokenUrl: endpoint.url,
      clientId: "kisumu-01",
      clientSecretFile,
      clientAuth: "post",
      ...asked,
    },
  })
}

const shown = () => central.requests.map(({ headers }) => headers.get("authorization"))
const answers = (answer: TokenAnswer) => {
  endpoint.answer = () => answer
}

test("what is configured is asked for, and nothing else", async () => {
  await open({ audience: "https://central.example", resource: "urn:fhir" }).send()
  expect(Object.fromEntries(endpoint.requests[0]?.form ?? [])).toEqual({
    grant_type: "client_credentials",
    audience: "https://central.example",
    resource: "urn:fhir",
    client_id: "kisumu-01",
    client_secret: "s3cret",
  })
  expect(endpoint.requests[0]?.headers.get("accept")).toBe("application/json")
  expect(endpoint.requests[0]?.headers.get("user-agent")).toBe("Waystation")
})

test("eight deliveries at once ask for one token, and all carry it", async () => {
  const outcomes = await Promise.all(["1", "2", "3", "4", "5", "6", "7", "8"].map(opened.send))
  expect(outcomes.every(({ outcome }) => outcome === "delivered")).toBe(true)
  expect(endpoint.requests).toHaveLength(1)
  expect(new Set(shown())).toEqual(new Set(["Bearer token-1"]))
})

describe("a token that the destination refuses", () => {
  test("is followed by a fresh one, once for all, and the message is delivered", async () => {
    await opened.send()
    central.fault = { letsIn: ({ headers }) => headers.get("authorization") === "Bearer token-2" }
    const outcomes = await Promise.all(["1", "2", "3", "4"].map(opened.send))
    expect(outcomes.every(({ outcome }) => outcome === "delivered")).toBe(true)
    expect(endpoint.requests).toHaveLength(2)
  })

  test("though it is fresh is a pause, and the next delivery begins with another", async () => {
    central.fault = { letsIn: () => false }
    expect(await opened.send()).toMatchObject({
      outcome: "pause",
      reason: expect.stringContaining("401 (are the credentials and the role right?)"),
    })
    expect(shown()).toEqual(["Bearer token-1", "Bearer token-2"])
    central.fault = "none"
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(shown().at(-1)).toBe("Bearer token-3")
  })

  test("by 403 is not: the token is good, and the role is not", async () => {
    central.fault = { status: 403 }
    expect(await opened.send()).toMatchObject({ outcome: "pause" })
    expect([endpoint.requests.length, central.requests.length]).toEqual([1, 1])
  })
})

describe("doubt is a retry, and nothing leaves the box", () => {
  test("down: it says that of the token endpoint, and resumes by itself", async () => {
    await endpoint.down()
    expect(await opened.send()).toEqual({
      outcome: "retry",
      reason: expect.stringMatching(new RegExp(`^${endpoint.url}: connection refused`)),
    })
    await endpoint.up()
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(central.requests).toHaveLength(1)
  })

  test("silent: no longer than the destination's timeout, and says what it waits for", async () => {
    endpoint.answer = () => Promise.withResolvers<TokenAnswer>().promise
    using hasty = open({ timeout: 50 })
    expect(await hasty.send()).toEqual({
      outcome: "retry",
      reason: expect.stringMatching(/token.*: no whole answer within 0.05 s$/),
    })
    expect(central.requests).toEqual([])
  })

  test("silent while the gateway stops: nobody waits for it any longer", async () => {
    const asked = Promise.withResolvers<TokenAsked>()
    endpoint.answer = (one) => {
      asked.resolve(one)
      return Promise.withResolvers<TokenAnswer>().promise
    }
    const sent = opened.send()
    const { gone } = await asked.promise
    await opened.destination.close()
    expect(await sent).toMatchObject({ outcome: "retry" })
    await gone
  })

  test("a name that does not resolve", async () => {
    using lost = open({ tokenUrl: "http://sso.invalid/token" })
    expect(await lost.send()).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("http://sso.invalid/token: the name can't be resolved"),
    })
  })

  test.each<[string, TokenAnswer]>([
    ["500", { status: 500, body: "<html>oops" }],
    ["503", { status: 503 }],
    ["429", { status: 429 }],
    ["400 that will pass", { status: 400, body: { error: "temporarily_unavailable" } }],
    ["a page of a proxy", { body: "<html>" }],
    ["half of its JSON", { body: '{"access_token":"a' }],
    ["nothing", { body: "" }],
    ["no token", { body: { token_type: "Bearer" } }],
    ["a token of two lines", { body: granted("a\nb") }],
    ["a list", { body: ["token"] }],
  ])("answered with %s", async (_name, answer) => {
    answers(answer)
    expect(await opened.send()).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining(`${endpoint.url}: answered ${answer.status ?? 200}`),
    })
    expect(central.requests).toEqual([])
  })

  test("and waits as long as it was asked to", async () => {
    answers({ status: 503, headers: { "retry-after": "7" } })
    expect(await opened.send()).toMatchObject({ outcome: "retry", afterMs: 7000 })
  })
})

describe("a refusal is a pause that says what to look at", () => {
  test.each<[string, TokenAnswer, string]>([
    ["400 invalid_client", { status: 400, body: { error: "invalid_client" } }, "is clientId known"],
    ["401", { status: 401, body: "no" }, "is clientId known"],
    ["403", { status: 403 }, "is clientId known"],
    ["404", { status: 404, body: "<html>" }, "is that address right"],
    ["302", { status: 302, headers: { location: "/login" } }, "is that address right"],
    ["400 invalid_scope", { status: 400, body: { error: "invalid_scope" } }, "is scope one that"],
    ["400 invalid_target", { status: 400, body: { error: "invalid_target" } }, "are audience and"],
    ["200 access_denied", { body: { error: "access_denied" } }, "is clientId known"],
    ["200, but with a", { body: { ...granted("a"), token_type: "mac" } }, "no bearer token"],
  ])("answered %s", async (said, answer, advice) => {
    answers(answer)
    const outcome = await opened.send()
    expect(outcome).toMatchObject({
      outcome: "pause",
      reason: expect.stringMatching(new RegExp(`^${endpoint.url}: answered ${said}.*${advice}`)),
    })
    expect(central.requests).toEqual([])
  })

  test("its own words go with it, without the secret that they repeat", async () => {
    answers({ status: 401, body: { error: "invalid_client", error_description: "not s3cret!" } })
    expect(await opened.send()).toMatchObject({ outcome: "pause", said: "not [secret]!" })
    answers({ body: { access_token: "t0ken", error: "strange" } })
    expect(JSON.stringify(await opened.send())).not.toContain("t0ken")
  })

  test("a code that is no code stays out of the reason, which the log may have", async () => {
    answers({ status: 400, body: { error: "Jane Doe, s3cret" } })
    const outcome = await opened.send()
    expect(JSON.stringify({ ...outcome, said: "" })).not.toContain("Jane")
    expect(JSON.stringify(outcome)).not.toContain("s3cret")
  })

  test("also where the destination is only read", async () => {
    answers({ status: 401 })
    const identifier = { system: "urn:waystation:test", value: "KSM-1" }
    const found = opened.destination.find?.("Patient", identifier, new AbortController().signal)
    await expect(found).rejects.toMatchObject({ outcome: { outcome: "pause" } })
  })
})

describe("how long a token lasts", () => {
  test.each([undefined, 0, -1, "never", null, {}, Number.MAX_VALUE, "3600"])(
    "given as %p, it is used for more than one message, and a second one is not asked for",
    async (expiresIn) => {
      answers({ body: granted("token", expiresIn) })
      await opened.send("1")
      await opened.send("2")
      expect(endpoint.requests).toHaveLength(1)
    },
  )

  test("is at most a day, whatever is said", () => {
    const text = JSON.stringify(granted("token", 1e9))
    const answer = { status: 200, headers: new Headers(), text, cut: false }
    const request = { url: endpoint.url, form: {}, headers: {}, secrets: [], advice: "" }
    expect(grantedOf(answer, request, 0).lastsMs).toBe(86_400_000)
  })

  test("is not read off the clock: one that jumps ends no token, and prolongs none", async () => {
    await opened.send("1")
    setSystemTime(Date.now() + 86_400_000)
    await opened.send("2")
    setSystemTime()
    expect(endpoint.requests).toHaveLength(1)
  })

  test("its type may be written in any way, or be left out", async () => {
    answers({ body: { access_token: "token", token_type: "bEARER" } })
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    answers({ body: { access_token: "token" } })
    expect(await open().send()).toMatchObject({ outcome: "delivered" })
    expect(shown()).toEqual(["Bearer token", "Bearer token"])
  })
})
