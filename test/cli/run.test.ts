import { Database } from "bun:sqlite"
import { afterEach, describe, expect, test } from "bun:test"
import { existsSync, readFileSync, writeFileSync } from "node:fs"
import { createServer } from "node:net"
import { join } from "node:path"
import { oru, temporaryFolder } from "../build.ts"
import { openMllpSender } from "../fake/mllp-sender.ts"
import { command, waystation } from "./waystation.ts"

interface Event {
  event: string
  problems?: string[]
  sources?: Record<string, string>
  admin?: string
  signal?: string
}

const eventsOf = (stderr: string): Event[] =>
  stderr.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]))

const sandboxed = (ports: { admin: number; lab: number }) => `
[site]
id = "test"
[admin]
port = ${ports.admin}
[source.lab]
kind = "mllp"
host = "127.0.0.1"
port = ${ports.lab}
`

/** A folder with a configuration in it, on any free ports but where said otherwise. */
function folderWith(ports: Partial<{ admin: number; lab: number }> = {}): string {
  const folder = temporaryFolder()
  writeFileSync(join(folder, "w.toml"), sandboxed({ admin: 0, lab: 0, ...ports }))
  return folder
}

const args = ["run", "--config", "w.toml"]

/** What kept `waystation run` from starting in this folder. */
async function problemsIn(cwd: string): Promise<string[]> {
  const { code, stdout, stderr } = await waystation(args, { cwd })
  const events = eventsOf(stderr)
  expect([code, stdout]).toEqual([1, ""])
  expect(events.map(({ event }) => event)).toEqual(["not-started"])
  return events[0]?.problems ?? []
}

const children: Bun.Subprocess[] = []

afterEach(async () => {
  for (const child of children.splice(0)) {
    child.kill("SIGKILL")
    await child.exited
  }
})

/** A gateway that runs until the test stops it. */
async function start(cwd: string, { STATE_DIRECTORY = "", more = [] as string[] } = {}) {
  const child = Bun.spawn([...command, ...args, ...more], {
    ...{ cwd, stdin: "ignore", stdout: "ignore", stderr: "pipe" },
    env: { ...process.env, STATE_DIRECTORY, NOTIFY_SOCKET: "" },
  })
  children.push(child)
  const events: Event[] = []
  const reader = child.stderr.pipeThrough(new TextDecoderStream()).getReader()
  let rest = ""
  /** Reads the log until this event, or to its end. */
  async function until(event: string): Promise<Event | undefined> {
    while (!events.some((one) => one.event === event)) {
      const { value, done } = await reader.read()
      if (done) break
      const lines = (rest + value).split("\n")
      rest = lines.pop() ?? ""
      events.push(...lines.map((line) => JSON.parse(line)))
    }
    return events.find((one) => one.event === event)
  }
  const ready = await until("ready")
  return { child, until, lab: ready?.sources?.lab ?? "", admin: ready?.admin ?? "" }
}

/** A folder whose gateway ran and was stopped. */
async function folderThatRan(): Promise<{ folder: string; database: string }> {
  const folder = folderWith()
  const { child } = await start(folder)
  child.kill("SIGTERM")
  expect(await child.exited).toBe(0)
  return { folder, database: join(folder, "data/waystation.db") }
}

/** A port that somebody else listens on, for as long as the test runs. */
async function takenPort(): Promise<{ port: number; [Symbol.dispose](): void }> {
  const server = createServer()
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve))
  const { port } = server.address() as { port: number }
  return { port, [Symbol.dispose]: () => void server.close() }
}

describe("run", () => {
  test("says where it is reached once every port is open, and stops when told", async () => {
    const { child, until, lab, admin } = await start(folderWith())
    expect(lab).toMatch(/^mllp 127\.0\.0\.1:\d+$/)
    expect((await fetch(`${admin}/readyz`)).status).toBe(200)
    const sender = await openMllpSender(lab)
    sender.send(oru({ controlId: "C1" }))
    expect(await sender.answer()).toBe("AA C1")
    child.kill("SIGTERM")
    expect(await child.exited).toBe(0)
    expect(await until("stopping")).toMatchObject({ signal: "SIGTERM" })
    expect(await until("stopped")).toBeDefined()
    expect(await sender.answer()).toBe("hung up")
  })

  test("keeps its data where it is told, else where systemd says, else in ./data", async () => {
    const folder = folderWith()
    const kept = () => [...new Bun.Glob("*/waystation.db").scanSync(folder)].toSorted()
    await start(folder)
    expect(kept()).toEqual(["data/waystation.db"])
    await start(folder, { STATE_DIRECTORY: join(folder, "state") })
    expect(kept()).toEqual(["data/waystation.db", "state/waystation.db"])
    await start(folder, { STATE_DIRECTORY: join(folder, "state"), more: ["--data", "told"] })
    expect(kept()).toEqual(["data/waystation.db", "state/waystation.db", "told/waystation.db"])
  })

  test("makes the token of the API, and no other file of the data folder is named so", async () => {
    const { folder } = await folderThatRan()
    const named = [...new Bun.Glob("**/*token*").scanSync(join(folder, "data"))]
    expect(named).toEqual(["admin-token"])
  })

  test("carries on after kill -9 with what it had acknowledged", async () => {
    const folder = folderWith()
    const first = await start(folder)
    const sender = await openMllpSender(first.lab)
    sender.send(oru({ controlId: "C1" }))
    expect(await sender.answer()).toBe("AA C1")
    first.child.kill("SIGKILL")
    await first.child.exited
    const second = await start(folder)
    const token = readFileSync(join(folder, "data/admin-token"), "utf8").trim()
    const headers = { authorization: `Bearer ${token}` }
    const status = await fetch(`${second.admin}/api/v1/status`, { headers })
    expect(await status.json()).toMatchObject({ sources: { lab: { stored: 1 } } })
  })
})

describe("run does not start", () => {
  test("under a configuration that does not hold, and lists all that is wrong", async () => {
    const folder = temporaryFolder()
    writeFileSync(join(folder, "w.toml"), '[site]\n[source.lab]\nkind = "fax"\n')
    expect((await problemsIn(folder)).toSorted()).toEqual([
      "site.id: is required",
      'source.lab.kind: must be one of "mllp", "http"',
    ])
    expect(existsSync(join(folder, "data"))).toBe(false)
  })

  test("without the configuration it is told of", async () => {
    expect(await problemsIn(temporaryFolder())).toEqual([
      expect.stringContaining("w.toml: can't be read"),
    ])
  })

  test("on ports that others have, and names every one of them", async () => {
    using lab = await takenPort()
    using admin = await takenPort()
    const problems = await problemsIn(folderWith({ admin: admin.port, lab: lab.port }))
    expect(problems).toHaveLength(2)
    expect(problems[0]).toContain(`127.0.0.1:${admin.port}`)
    expect(problems[1]).toBe(
      `source.lab: can't listen on 127.0.0.1:${lab.port}: ` +
        "another program uses this port: stop that one, or choose another port",
    )
  })

  test("on a data folder that another one runs on", async () => {
    const folder = folderWith()
    const { child } = await start(folder)
    const [problem, ...more] = await problemsIn(folder)
    expect(problem).toContain("the data folder data is in use by another waystation")
    expect(more).toEqual([])
    expect(child.exitCode).toBeNull()
  })

  test("on a data folder whose admin-token is empty", async () => {
    const { folder } = await folderThatRan()
    writeFileSync(join(folder, "data/admin-token"), "")
    expect(await problemsIn(folder)).toEqual([
      expect.stringContaining("admin: data/admin-token holds no token"),
    ])
  })

  test("on a database of a newer version, which it leaves as it is", async () => {
    const { folder, database } = await folderThatRan()
    const newer = new Database(database)
    newer.run("CREATE TABLE later (id INTEGER)")
    newer.run("PRAGMA user_version = 999")
    newer.close()
    const [problem, ...more] = await problemsIn(folder)
    expect(problem).toContain("was written by a newer waystation (schema 999")
    expect(more).toEqual([])
    using after = new Database(database, { readonly: true })
    expect(after.query("PRAGMA user_version").get()).toEqual({ user_version: 999 })
    expect(after.query("SELECT name FROM sqlite_master WHERE name = 'later'").all()).toHaveLength(1)
  })

  test.each<[string, (whole: Buffer) => Buffer]>([
    ["overwritten", (whole) => Buffer.alloc(whole.length, "no database ")],
    ["cut off after its first page", (whole) => whole.subarray(0, 4096)],
    [
      "zeroes but for its header",
      (whole) => Buffer.alloc(whole.length).fill(whole.subarray(0, 100), 0, 100),
    ],
  ])("on a database that is damaged (%s), which it leaves as it is", async (_name, damage) => {
    const { folder, database } = await folderThatRan()
    const damaged = damage(readFileSync(database))
    writeFileSync(database, damaged)
    const [problem] = await problemsIn(folder)
    expect(problem).toContain("data/waystation.db")
    expect(problem).toContain("it was left as it is")
    expect(readFileSync(database).equals(damaged)).toBe(true)
  })
})
