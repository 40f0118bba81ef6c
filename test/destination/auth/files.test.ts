import { afterEach, beforeEach, describe, expect, test } from "bun:test"
import { chmodSync, rmSync } from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { accessConfig } from "../../../src/destination/auth/index.ts"
import { temporaryFolder } from "../../build.ts"
import { type Central, openCentral } from "../../fake/central.ts"
import { openReached, secretFile } from "./access.ts"

let central: Central

beforeEach(async () => {
  central = await openCentral()
})

afterEach(() => central.close())

const authorizations = () => central.requests.map(({ headers }) => headers.get("authorization"))

test("without an auth section nothing is shown, and a 401 is taken for what it is", async () => {
  central.fault = { letsIn: () => false }
  using opened = openReached({ url: central.url })
  expect(await opened.send()).toMatchObject({ outcome: "pause" })
  expect(authorizations()).toEqual([null])
})

describe("basic", () => {
  test("shows the name and the password of the file, in UTF-8", async () => {
    const passwordFile = secretFile("s3cret: é\n")
    using opened = openReached({
      url: central.url,
      auth: { kind: "basic", username: "kisumu", passwordFile },
    })
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    const shown = Buffer.from("kisumu:s3cret: é").toString("base64")
    expect(authorizations()).toEqual([`Basic ${shown}`])
  })

  test("a password that is refused and has not changed is a pause, asked once", async () => {
    central.fault = { letsIn: () => false }
    using opened = openReached({
      url: central.url,
      auth: { kind: "basic", username: "kisumu", passwordFile: secretFile("wrong") },
    })
    expect(await opened.send()).toMatchObject({
      outcome: "pause",
      reason: expect.stringContaining("401 (are the credentials and the role right?)"),
    })
    expect(central.requests).toHaveLength(1)
  })
})

describe("bearer", () => {
  test("a new token in the file is taken with the next message, without a restart", async () => {
    const tokenFile = secretFile("first\r\n")
    using opened = openReached({ url: central.url, auth: { kind: "bearer", tokenFile } })
    await opened.send()
    secretFile("second", tokenFile)
    await opened.send()
    expect(authorizations()).toEqual(["Bearer first", "Bearer second"])
  })

  test("one refused while its successor is written is followed by that at once", async () => {
    const tokenFile = secretFile("old")
    using opened = openReached({ url: central.url, auth: { kind: "bearer", tokenFile } })
    central.fault = {
      letsIn: ({ headers }) => {
        secretFile("new", tokenFile)
        return headers.get("authorization") === "Bearer new"
      },
    }
    expect(await opened.send()).toMatchObject({ outcome: "delivered" })
    expect(authorizations()).toEqual(["Bearer old", "Bearer new"])
  })

  test.each([
    ["gone", (file: string) => rmSync(file), "there is no such file"],
    ["empty", (file: string) => void secretFile("\n", file), "is empty: write the secret in it"],
    ["open to all", (file: string) => chmodSync(file, 0o644), "can be read by everybody: chmod"],
    ["of two lines", (file: string) => void secretFile("a\nb", file), "must hold one token"],
  ])(
    "a file that is %s later is a pause that names it, and nothing is sent",
    async (_, spoil, says) => {
      const tokenFile = secretFile("good")
      using opened = openReached({ url: central.url, auth: { kind: "bearer", tokenFile } })
      spoil(tokenFile)
      expect(await opened.send()).toEqual({
        outcome: "pause",
        reason: expect.stringMatching(new RegExp(`^tokenFile: ${tokenFile} .*${says}`)),
      })
      expect(central.requests).toEqual([])
    },
  )
})

describe("the configuration", () => {
  const problems = (auth: unknown) =>
    (v.safeParse(v.strictObject(accessConfig), { auth }).issues ?? []).map(
      (issue) => `${v.getDotPath(issue)}: ${issue.message}`,
    )

  test("that holds has nothing wrong", () => {
    expect(problems({ kind: "none" })).toEqual([])
    expect(problems({ kind: "bearer", tokenFile: secretFile("abc-._~+/==") })).toEqual([])
  })

  test.each([
    ["gone", () => join(temporaryFolder(), "gone"), " can't be read: there is no such file"],
    ["a folder", () => temporaryFolder(), " can't be read: it is a folder"],
    ["empty", () => secretFile(" \n"), " is empty: write the secret in it"],
  ])("names a file that is %s", (_name, make, says) => {
    const passwordFile = make()
    expect(problems({ kind: "basic", username: "a", passwordFile })).toEqual([
      `auth.passwordFile: ${passwordFile}${says}`,
    ])
  })

  test("names a file that everybody may read, and how to mend that", () => {
    const tokenFile = secretFile("abc")
    chmodSync(tokenFile, 0o604)
    expect(problems({ kind: "bearer", tokenFile })).toEqual([
      `auth.tokenFile: ${tokenFile} can be read by everybody: chmod o-rwx ${tokenFile}`,
    ])
  })

  test("never shows the secret it finds wrong", () => {
    const said = problems({ kind: "bearer", tokenFile: secretFile("two words") })
    expect(said).toEqual([expect.stringContaining("letters, digits")])
    expect(said.join()).not.toContain("two")
  })

  test.each([
    ["no section", "basic", "auth: must be a section with a kind"],
    ["no kind there is", { kind: "oauth" }, 'auth.kind: must be one of "none", "basic", "bearer"'],
    ["a colon in a name", { kind: "basic", username: "a:b" }, "auth.username: must be without a"],
  ])("names %s", (_name, auth, says) => {
    expect(problems(auth)[0]).toStartWith(says)
  })

  test("a proxy's own name and password would stand in the configuration: it is refused", () => {
    const schema = v.strictObject(accessConfig)
    expect(v.safeParse(schema, { proxy: "http://10.0.0.1:3128" }).success).toBe(true)
    expect(v.safeParse(schema, { proxy: "http://a:b@10.0.0.1:3128" }).success).toBe(false)
  })
})
