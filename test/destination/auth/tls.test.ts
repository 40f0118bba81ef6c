import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { utimesSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { accessConfig } from "../../../src/destination/auth/index.ts"
import { temporaryFolder } from "../../build.ts"
import { openAuthority } from "../../fake/authority.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { openTlsFront } from "../../fake/tls-front.ts"
import { openTokenEndpoint } from "../../fake/token-endpoint.ts"
import { openReached, secretFile } from "./access.ts"

const authority = openAuthority("The centre's own")
const server = authority.issue("localhost")
const [box, renewed] = [authority.issue("kisumu-01"), authority.issue("kisumu-01-renewed")]
const stranger = openAuthority("Somebody else").issue("kisumu-01")
let central: Central

beforeEach(async () => {
  central = await openCentral()
})

afterEach(() => central.close())

/** A file with this in it, that has changed in any case. */
function file(text: string, path = join(temporaryFolder(), "file.pem")): string {
  writeFileSync(path, text, { mode: 0o600 })
  const later = Date.now() / 1000 + Math.random() * 1000
  utimesSync(path, later, later)
  return path
}

describe("a centre with an authority of its own", () => {
  test("is trusted by caFile, and by nothing else", async () => {
    await using front = await openTlsFront(central.url, server)
    using trusting = openReached({ url: front.url, tls: { caFile: file(authority.cert) } })
    expect(await trusting.send()).toMatchObject({ outcome: "delivered" })
    using plain = openReached({ url: front.url })
    using other = openReached({ url: front.url, tls: { caFile: file(openAuthority().cert) } })
    for (const opened of [plain, other]) {
      expect(await opened.send()).toMatchObject({
        outcome: "retry",
        reason: expect.stringContaining("tls.caFile"),
      })
    }
    expect(central.requests).toHaveLength(1)
  })

  test("whose certificate is for another name is told so", async () => {
    await using front = await openTlsFront(central.url, authority.issue("elsewhere.example"))
    using opened = openReached({ url: front.url, tls: { caFile: file(authority.cert) } })
    expect(await opened.send()).toMatchObject({
      outcome: "retry",
      reason: expect.stringContaining("its certificate is for another name"),
    })
  })
})

describe("a centre that asks for the box's certificate", () => {
  const tls = (issued = box) => {
    const [caFile, certFile] = [file(authority.cert), file(issued.cert)]
    return { caFile, certFile, keyFile: file(issued.key) }
  }

  test("is shown it, along with whatever else proves who we are", async () => {
    await using front = await openTlsFront(central.url, { ...server, ca: authority.cert })
    const auth = { kind: "bearer", tokenFile: secretFile("token") } as const
    using opened = openReached({ url: front.url, tls: tls(), auth })
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(front.shown).toEqual(["kisumu-01"])
    expect(central.requests[0]?.headers.get("authorization")).toBe("Bearer token")
  })

  test.each([
    ["none", undefined],
    ["one of another authority", stranger],
  ])("and is shown %s, takes nothing: a retry", async (_name, issued) => {
    await using front = await openTlsFront(central.url, { ...server, ca: authority.cert })
    const caFile = file(authority.cert)
    using opened = openReached({ url: front.url, tls: issued ? tls(issued) : { caFile } })
    expect(await opened.send()).toMatchObject({ outcome: "retry" })
    expect(central.requests).toEqual([])
  })

  test("a renewed certificate is taken without a restart, once its key is there too", async () => {
    await using front = await openTlsFront(central.url, { ...server, ca: authority.cert })
    const files = tls()
    using opened = openReached({ url: front.url, tls: files })
    await opened.send("1")
    file(renewed.cert, files.certFile)
    expect(await opened.send("2")).toMatchObject({ outcome: "delivered" })
    expect(opened.logged).toEqual([
      {
        event: "certificate-not-renewed",
        fields: { reason: expect.stringMatching(/^keyFile: is not the key of the certificate/) },
      },
    ])
    file(renewed.key, files.keyFile)
    expect(await opened.send("3")).toMatchObject({ outcome: "delivered" })
    expect(front.shown).toEqual(["kisumu-01", "kisumu-01-renewed"])
  })

  test("its token endpoint is shown the same", async () => {
    await using endpoint = await openTokenEndpoint()
    await using front = await openTlsFront(endpoint.url, { ...server, ca: authority.cert })
    using opened = openReached({
      url: central.url,
      tls: tls(),
      auth: {
        kind: "client-credentials",
        tokenUrl: front.url,
        clientId: "kisumu-01",
        clientSecretFile: secretFile("a"),
        clientAuth: "basic",
      },
    })
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(front.shown).toEqual(["kisumu-01"])
  })
})

describe("the tls section", () => {
  const problems = (tls: unknown) =>
    (v.safeParse(v.strictObject(accessConfig), { tls }).issues ?? []).map(
      (issue) => `${v.getDotPath(issue)}: ${issue.message}`,
    )

  test("that holds has nothing wrong", () => {
    expect(problems({ certFile: file(box.cert), keyFile: file(box.key) })).toEqual([])
    expect(problems({ caFile: file(authority.cert + openAuthority().cert) })).toEqual([])
  })

  test("names a file that is not there, and one that holds something else", () => {
    const gone = join(temporaryFolder(), "gone")
    expect(problems({ caFile: gone })).toEqual([
      `tls.caFile: ${gone} can't be read: there is no such file`,
    ])
    const [certFile, keyFile] = [file("hello"), file(box.cert)]
    expect(problems({ certFile, keyFile })).toEqual([
      `tls.certFile: ${certFile} holds no certificate in PEM form`,
      `tls.keyFile: ${keyFile} holds no private key in PEM form that opens without a passphrase`,
    ])
  })

  test("names a certificate without a key, and a key of another", () => {
    const certFile = file(box.cert)
    expect(problems({ certFile })).toEqual([
      "tls: certFile and keyFile belong together: name both, or neither",
    ])
    expect(problems({ certFile, keyFile: file(renewed.key) })).toEqual([
      expect.stringContaining("tls.keyFile: is not the key of the certificate in certFile"),
    ])
  })
})
