import { beforeEach, describe, expect, test } from "bun:test"
import {
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  rmSync,
  statSync,
  symlinkSync,
  watch,
  writeFileSync,
} from "node:fs"
import { join } from "node:path"
import * as v from "valibot"
import { folder } from "../../../src/destination/folder/index.ts"
import { openFolder } from "../../../src/destination/folder/write.ts"
import type { Sending } from "../../../src/message.ts"
import { temporaryFolder } from "../../build.ts"
import { registration } from "../sending.ts"

const never = new AbortController().signal
const receivedAt = Date.UTC(2026, 3, 15, 12)
const name = "20260415T120000Z-000000000123-ORU_R01"
let path: string

beforeEach(() => {
  path = join(temporaryFolder(), "out")
  mkdirSync(path)
})

function sending(changes: Partial<Sending["message"]> = {}): Sending {
  const one = registration("KSM-1", 123)
  return { ...one, message: { ...one.message, receivedAt, type: "ORU^R01", ...changes } }
}

const put = (one = sending(), body: "hl7" | "fhir" = "hl7") =>
  openFolder({ path, body }).send(one, never)

describe("a file", () => {
  test("is named for the time, the id and the type, and holds the message's bytes", async () => {
    const bytes = Buffer.from("MSH|^~\\&|\xfc", "latin1")
    expect(await put(sending({ bytes }))).toEqual({
      outcome: "delivered",
      receipt: { status: 201, file: `${name}.hl7`, bytes: bytes.length },
    })
    expect(readdirSync(path)).toEqual([`${name}.hl7`])
    expect(readFileSync(join(path, `${name}.hl7`)).equals(bytes)).toBe(true)
  })

  test("holds the Bundle where the section says so", async () => {
    await put(sending(), "fhir")
    expect(JSON.parse(readFileSync(join(path, `${name}.json`), "utf8"))).toEqual(sending().bundle)
  })

  test("can't be led out of the folder by a message's type", async () => {
    await put(sending({ type: `../../etc/passwd${"x".repeat(400)}` }))
    expect(readdirSync(path)).toEqual([
      expect.stringMatching(/-000000000123-_etc_passwdx{1,40}\.hl7$/),
    ])
  })

  test("is for its owner and its group alone, whatever the service's umask", async () => {
    const before = process.umask(0o077)
    await put()
    process.umask(before)
    expect((statSync(join(path, `${name}.hl7`)).mode & 0o777).toString(8)).toBe("640")
  })

  test("is never seen in part by who looks for its ending", async () => {
    const seen = new Set<number>()
    const bytes = Buffer.alloc(8 * 1024 ** 2, "x")
    const watcher = watch(path, (_event, changed) => {
      if (!changed?.startsWith("2026")) return
      seen.add(statSync(join(path, changed), { throwIfNoEntry: false })?.size ?? bytes.length)
    })
    await put(sending({ bytes }))
    await put(sending({ bytes, id: 124 }))
    watcher.close()
    expect([...seen].filter((size) => size !== bytes.length)).toEqual([])
    expect(readdirSync(path).every((file) => file.endsWith(".hl7"))).toBe(true)
  })
})

describe("a delivery that comes again", () => {
  test("is delivered already where its file stands there, which is not touched", async () => {
    await put()
    const { mtimeMs, ino } = statSync(join(path, `${name}.hl7`))
    expect(await put()).toMatchObject({ outcome: "delivered", receipt: { status: 200 } })
    expect(statSync(join(path, `${name}.hl7`))).toMatchObject({ mtimeMs, ino })
  })

  test("is written once more where its file was taken away: better twice than never", async () => {
    await put()
    rmSync(join(path, `${name}.hl7`))
    expect(await put()).toMatchObject({ receipt: { status: 201 } })
    expect(readdirSync(path)).toHaveLength(1)
  })

  test("after a crash half way through is written whole, and nothing is left over", async () => {
    writeFileSync(join(path, `.${name}.hl7.part`), "x".repeat(10_000))
    await put()
    expect(readdirSync(path)).toEqual([`${name}.hl7`])
    expect(readFileSync(join(path, `${name}.hl7`)).equals(sending().message.bytes)).toBe(true)
  })

  test("with another Bundle, as a mended map makes it, takes the place of the first", async () => {
    await put(sending(), "fhir")
    const mended = { ...sending(), bundle: registration("KSM-2").bundle }
    expect(await put(mended, "fhir")).toMatchObject({ outcome: "delivered" })
    expect(readFileSync(join(path, `${name}.json`), "utf8")).toContain("KSM-2")
  })

  test("never overwrites another box's message of the same name, and is held", async () => {
    await put()
    const other = sending({ bytes: Buffer.from("MSH|another box") })
    expect(await put(other)).toMatchObject({
      outcome: "hold",
      reason: expect.stringContaining("has each box a folder of its own?"),
    })
    expect(readFileSync(join(path, `${name}.hl7`)).equals(sending().message.bytes)).toBe(true)
  })
})

describe("a folder", () => {
  test("that is missing is not made: it is waited for until its share is mounted", async () => {
    renameSync(path, `${path}-away`)
    expect(await put()).toEqual({
      outcome: "retry",
      reason: `${path}: there is no such folder: is the share mounted, and path right?`,
    })
    renameSync(`${path}-away`, path)
    expect(await put()).toMatchObject({ outcome: "delivered" })
  })

  test("that is a file waits for a person", async () => {
    rmSync(path, { recursive: true })
    writeFileSync(path, "")
    expect(await put()).toMatchObject({
      outcome: "pause",
      reason: expect.stringContaining("it is no folder"),
    })
  })

  test("on a full disk is tried until there is room, with nothing to be picked up", async () => {
    symlinkSync("/dev/full", join(path, `.${name}.hl7.part`))
    expect(await put()).toEqual({
      outcome: "retry",
      reason: `${path}: the disk is full: does anybody take the files away?`,
    })
    expect(readdirSync(path).filter((file) => file.endsWith(".hl7"))).toEqual([])
    rmSync(join(path, `.${name}.hl7.part`))
    expect(await put()).toMatchObject({ outcome: "delivered" })
  })

  test("where nobody may write, not even root, waits for a person", async () => {
    expect(await openFolder({ path: "/sys/kernel", body: "hl7" }).send(sending(), never)).toEqual({
      outcome: "pause",
      reason: expect.stringMatching(/may not write there|can only be read/),
    })
  })
})

describe("the section of a folder", () => {
  test("needs its path and nothing else", () => {
    expect(v.parse(folder.config, { kind: "folder", path: "/srv/out" })).toMatchObject({
      kind: "folder",
      path: "/srv/out",
      body: "hl7",
      concurrency: 8,
    })
  })

  test.each([
    ["a path that depends on where the box was started", { path: "out" }, "whole path"],
    ["another body", { path: "/srv/out", body: "csv" }, '"hl7" or "fhir"'],
  ])("%s is refused, with what is wanted", (_what, section, message) => {
    const { issues } = v.safeParse(folder.config, { kind: "folder", ...section })
    expect(issues?.map((issue) => issue.message)).toEqual([expect.stringContaining(message)])
  })
})
