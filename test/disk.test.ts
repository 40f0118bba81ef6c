import { Database, SQLiteError } from "bun:sqlite"
import { expect, test } from "bun:test"
import { statfsSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { diskReason } from "../src/disk.ts"
import { openStore } from "../src/store/index.ts"
import { oru, temporaryFolder } from "./build.ts"
import { waystation } from "./cli/waystation.ts"

const configIn = (folder: string) => `
[site]
id = "test"
[admin]
port = 0
[source.lab]
kind = "mllp"
host = "127.0.0.1"
port = 0
[destination.central]
kind = "folder"
path = "${folder}"
[[route]]
from = ["lab"]
to = ["central"]
`

test.each([
  ["following", "INSERT"],
  ["settling", "UPDATE OF state"],
])(
  "a gateway whose %s fails for a bug ends and says so, and does not stand still in silence",
  async (_what, change) => {
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, "w.toml"), configIn(temporaryFolder()))
    const store = await openStore(join(cwd, "data"))
    const read = { type: "ORU^R01", controlId: "C1", subjects: ["P-1"] }
    await store.append({ source: "lab", peer: "", receivedAt: 1, bytes: oru(), ...read })
    await store.close()
    const database = new Database(join(cwd, "data/waystation.db"))
    const bug = "BEGIN SELECT RAISE(ABORT, 'planted'); END"
    database.run(`CREATE TRIGGER bug BEFORE ${change} ON delivery ${bug}`)
    database.close()
    const { code, stderr } = await waystation(["run", "--config", "w.toml"], { cwd })
    expect(code).toBe(1)
    const last = JSON.parse(stderr.trimEnd().split("\n").at(-1) ?? "")
    expect(last).toMatchObject({ event: "failed", error: expect.stringContaining("planted") })
  },
)

test("a disk that is full, gone or read-only is waited for, and no mistake of ours is", () => {
  const database = new Database(":memory:")
  database.run("CREATE TABLE one (id INTEGER PRIMARY KEY, text TEXT NOT NULL)")
  database.run("PRAGMA max_page_count = 2")
  const thrown = (cause: () => unknown): unknown => {
    try {
      return cause()
    } catch (error) {
      return error
    }
  }
  const full = thrown(() => database.run("INSERT INTO one VALUES (1, zeroblob(100000))"))
  expect(diskReason(full)).toContain("full")
  expect(diskReason(thrown(() => statfsSync("/nowhere")))).toContain("ENOENT")
  for (const code of ["SQLITE_IOERR_WRITE", "SQLITE_READONLY_DBMOVED", "SQLITE_BUSY"]) {
    const error = Object.assign(new Error("no"), { code })
    expect(diskReason(error)).toBe("no")
  }
  const wrong = thrown(() => database.run("INSERT INTO one VALUES (1, NULL)"))
  expect(wrong).toBeInstanceOf(SQLiteError)
  const call = thrown(() => Buffer.alloc(-1))
  for (const error of [wrong, call, new Error("there is no delivery 7")]) {
    expect(() => diskReason(error)).toThrow(error as Error)
  }
})
