import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { decodeJwt, decodeProtectedHeader } from "jose"
import { newPrivateKey, publicJwkOf } from "../../../src/destination/auth/private-key.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { openTokenEndpoint, type TokenAnswer, type TokenAsked } from "../../fake/token-endpoint.ts"
import { openReached, secretFile } from "./access.ts"

const pem = newPrivateKey("ES384")
let central: Central
let endpoint: Awaited<ReturnType<typeof openTokenEndpoint>>

beforeEach(async () => {
  central = await openCentral()
  endpoint = await openTokenEndpoint()
})

afterEach(async () => {
  await endpoint[Symbol.asyncDispose]()
  await central.close()
})

const open = (more: { kid?: string; tokenUrl?: string; url?: string } = {}, now = Date.now) => {
  const { url = central.url, ...given } = more
  const keyFile = secretFile(pem)
  const auth = { clientId: "kisumu-01", keyFile, scope: "system/*.cruds", ...given }
  return openReached({ url, auth: { kind: "smart-backend", ...auth } }, now)
}

const assertionIn = (asked: TokenAsked | undefined) => asked?.form.get("client_assertion") ?? ""

test("the proof says who, to whom, for how long, and is signed by the key it names", async () => {
  using opened = open({ tokenUrl: endpoint.url })
  await opened.send()
  const [asked] = endpoint.requests
  expect(Object.fromEntries(asked?.form ?? [])).toMatchObject({
    grant_type: "client_credentials",
    scope: "system/*.cruds",
    client_assertion_type: "urn:ietf:params:oauth:client-assertion-type:jwt-bearer",
  })
  const { kid } = await publicJwkOf(pem)
  expect(decodeProtectedHeader(assertionIn(asked))).toEqual({ alg: "ES384", typ: "JWT", kid })
  const { iss, sub, aud, exp = 0, iat = 0, jti } = decodeJwt(assertionIn(asked))
  expect([iss, sub, aud]).toEqual(["kisumu-01", "kisumu-01", endpoint.url])
  expect(exp - iat).toBeLessThanOrEqual(300)
  expect(jti).toMatch(/^[\w-]{30,}$/)
})

test("each proof is another one, and a key registered by another name goes by that", async () => {
  using opened = open({ tokenUrl: endpoint.url, kid: "kisumu-2026" })
  central.fault = { letsIn: () => false }
  await opened.send()
  const proofs = endpoint.requests.map(assertionIn)
  expect(new Set(proofs.map((proof) => decodeJwt(proof).jti)).size).toBe(2)
  expect(decodeProtectedHeader(proofs[0] ?? "")).toMatchObject({ kid: "kisumu-2026" })
})

describe("the token endpoint that the server names", () => {
  /** A FHIR base on the token endpoint's server, which answers this to the discovery. */
  const base = () => endpoint.url.replace("/token", "/fhir")
  const discovery = (answer: TokenAnswer) => {
    endpoint.answer = ({ path }) => {
      if (path === "/fhir/.well-known/smart-configuration") return answer
      return path === "/fhir" ? { status: 401 } : { body: { access_token: "token" } }
    }
  }
  const paths = () => endpoint.requests.map(({ path }) => path)

  test("is asked, and asked again without another look", async () => {
    discovery({ body: { token_endpoint: endpoint.url } })
    using opened = open({ url: base() })
    await opened.send()
    const [, ...asked] = paths()
    expect(paths()[0]).toBe("/fhir/.well-known/smart-configuration")
    expect(asked).toEqual(["/token", "/fhir", "/token", "/fhir"])
    expect(endpoint.requests[2]?.headers.get("authorization")).toBe("Bearer token")
  })

  test("is looked for again where it gives no token any more: it may have moved", async () => {
    let moved = false
    endpoint.answer = ({ path }) => {
      if (path === "/fhir") return { status: 401 }
      if (path === "/old" && moved) return { status: 404 }
      if (path === "/old" || path === "/new") return { body: { access_token: "a" } }
      return { body: { token_endpoint: moved ? "/new" : "/old" } }
    }
    using opened = open({ url: base() })
    await opened.send()
    moved = true
    expect(await opened.send()).toMatchObject({ reason: expect.stringContaining("/old: answered") })
    const before = paths().length
    await opened.send()
    const discover = "/fhir/.well-known/smart-configuration"
    expect(paths().slice(before)).toEqual([discover, "/new", "/fhir", "/new", "/fhir"])
  })

  test.each<[string, TokenAnswer, string]>([
    ["is not there", { status: 404 }, "answered 404: set tokenUrl"],
    ["names none", { body: { issuer: "a" } }, "names no token_endpoint: set tokenUrl"],
    ["is a page", { body: "<html>" }, "names no token_endpoint: set tokenUrl"],
    ["names nonsense", { body: { token_endpoint: "http://" } }, "names no token_endpoint"],
    [
      "leads to a file",
      { body: { token_endpoint: "file:///a" } },
      "names a token_endpoint without TLS",
    ],
  ])("a discovery that %s is a pause that says what to do", async (_name, answer, says) => {
    discovery(answer)
    using opened = open({ url: base() })
    const reason = expect.stringContaining(`/fhir/.well-known/smart-configuration: ${says}`)
    expect(await opened.send()).toMatchObject({ outcome: "pause", reason })
  })

  test.each([500, 503, 429])("a discovery answered %d is a retry", async (status) => {
    discovery({ status })
    using opened = open({ url: base() })
    expect(await opened.send()).toMatchObject({ outcome: "retry" })
  })

  test("a discovery that can't be reached is a retry that names it", async () => {
    await endpoint.down()
    using opened = open({ url: base() })
    expect(await opened.send()).toMatchObject({
      outcome: "retry",
      reason: expect.stringMatching(/smart-configuration: connection refused/),
    })
  })
})

describe("a clock that is wrong", () => {
  /** Refuses what is not of this hour by the clock of the server, which is right. */
  const strict = ({ form }: TokenAsked): TokenAnswer => {
    const { iat = 0, exp = 0 } = decodeJwt(form.get("client_assertion") ?? "")
    const now = Date.now() / 1000
    const good = iat <= now + 60 && exp > now && exp <= now + 300
    return good
      ? { body: { access_token: "token", expires_in: 300 } }
      : { status: 400, body: { error: "invalid_client" } }
  }

  test.each([
    ["a year behind", -365 * 86_400_000],
    ["ten minutes ahead", 600_000],
  ])(
    "%s is noticed by the server's date: the proof is made by that, and it is said",
    async (_, offMs) => {
      endpoint.answer = strict
      using opened = open({ tokenUrl: endpoint.url }, () => Date.now() + offMs)
      expect(await opened.send()).toMatchObject({ outcome: "delivered" })
      expect(endpoint.requests).toHaveLength(2)
      expect(opened.logged).toEqual([
        {
          event: "clock-differs",
          fields: { server: new URL(endpoint.url).host, seconds: expect.any(Number) },
        },
      ])
      const seconds = Number(opened.logged[0]?.fields?.seconds)
      expect(Math.abs(seconds + offMs / 1000)).toBeLessThan(5)
    },
  )

  test("that is right is left alone: a refusal is not asked about twice", async () => {
    endpoint.answer = () => ({ status: 400, body: { error: "invalid_client" } })
    using opened = open({ tokenUrl: endpoint.url })
    expect(await opened.send()).toMatchObject({ outcome: "pause" })
    expect(endpoint.requests).toHaveLength(1)
    expect(opened.logged).toEqual([])
  })

  test("is not concluded from the date that a cache kept", async () => {
    const headers = { date: "Mon, 06 Apr 2020 10:00:00 GMT", age: "86400" }
    endpoint.answer = () => ({ status: 400, headers, body: { error: "invalid_client" } })
    using opened = open({ tokenUrl: endpoint.url })
    await opened.send()
    expect(endpoint.requests).toHaveLength(1)
  })
})
