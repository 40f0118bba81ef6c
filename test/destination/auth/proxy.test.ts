import { afterEach, beforeEach, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { temporaryFolder } from "../../build.ts"
import { openAuthority } from "../../fake/authority.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { type ForwardProxy, openForwardProxy } from "../../fake/forward-proxy.ts"
import { openTlsFront } from "../../fake/tls-front.ts"
import { openTokenEndpoint } from "../../fake/token-endpoint.ts"
import { openReached, secretFile } from "./access.ts"

let central: Central
let proxy: ForwardProxy

beforeEach(async () => {
  central = await openCentral()
  proxy = await openForwardProxy()
})

afterEach(async () => {
  await proxy[Symbol.asyncDispose]()
  await central.close()
})

/** A name that only the proxy can resolve. */
const far = (url: string) => url.replace(/127\.0\.0\.1|localhost/, "central.invalid")

test("what leaves goes through the proxy, tokens too, and no name is resolved here", async () => {
  await using endpoint = await openTokenEndpoint()
  using opened = openReached({
    url: far(central.url),
    proxy: proxy.url,
    auth: {
      kind: "client-credentials",
      tokenUrl: far(endpoint.url),
      clientId: "kisumu-01",
      clientSecretFile: secretFile("a"),
      clientAuth: "basic",
    },
  })
  expect(await opened.send()).toMatchObject({ outcome: "delivered" })
  expect(proxy.passed).toEqual([`POST ${far(endpoint.url)}`, `POST ${far(central.url)}`])
  expect(central.requests[0]?.headers.get("authorization")).toBe("Bearer token-1")
})

test("TLS is spoken through it with the centre itself, certificates included", async () => {
  const authority = openAuthority()
  await using front = await openTlsFront(central.url, {
    ...authority.issue("central.invalid"),
    ca: authority.cert,
  })
  const box = authority.issue("kisumu-01")
  const folder = temporaryFolder()
  const file = (name: string, text: string) => {
    writeFileSync(join(folder, name), text, { mode: 0o600 })
    return join(folder, name)
  }
  using opened = openReached({
    url: far(front.url),
    proxy: proxy.url,
    tls: {
      caFile: file("ca.pem", authority.cert),
      certFile: file("box.pem", box.cert),
      keyFile: file("box.key", box.key),
    },
  })
  expect(await opened.send()).toMatchObject({ outcome: "delivered" })
  expect(proxy.passed).toEqual([`CONNECT ${new URL(far(front.url)).host}`])
  expect(front.shown).toEqual(["kisumu-01"])
})

test("with the proxy gone nothing goes past it: a retry that names it", async () => {
  await proxy[Symbol.asyncDispose]()
  using opened = openReached({ url: central.url, proxy: proxy.url })
  expect(await opened.send()).toEqual({
    outcome: "retry",
    reason: expect.stringContaining(`${central.url} through ${proxy.url}: connection refused`),
  })
  expect(central.requests).toEqual([])
})
