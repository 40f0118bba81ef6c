import { Database } from "bun:sqlite"
import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { openStore, type Store } from "../../../src/store/index.ts"
import { oru, temporaryFolder } from "../../build.ts"
import { followTo } from "../follow-to.ts"
import { storesOfThisFile } from "../stores.ts"

const { storeIn, close } = storesOfThisFile()

async function reopened(store: Store, folder: string): Promise<Store> {
  await close(store)
  return storeIn(folder)
}

/** A message for the journal, as intake hands it over. */
function message(controlId: string, text = controlId, source = "lab") {
  const bytes = oru({ controlId, value: text })
  const subjects = ["CLINIC|P-1"]
  return {
    source,
    peer: "10.0.0.7:4711",
    receivedAt: 1,
    type: "ORU^R01",
    controlId,
    subjects,
    bytes,
  }
}

describe("the journal", () => {
  test("gives messages their places in the order they came, also those of one commit", async () => {
    const store = await storeIn(temporaryFolder())
    const appended = await Promise.all(["A", "B", "C"].map((id) => store.append(message(id))))
    expect(appended.map(({ id }) => id)).toEqual([1, 2, 3])
  })

  test("has a message on disk, readable by another process, when it says so", async () => {
    const folder = temporaryFolder()
    const { bytes } = message("A")
    await (await storeIn(folder)).append(message("A"))
    const other = new Database(join(folder, "waystation.db"), { readonly: true })
    const row = other.query<{ bytes: Uint8Array }, []>("SELECT bytes FROM journal").get()
    other.close()
    expect(Buffer.from(row?.bytes ?? []).equals(bytes)).toBe(true)
  })

  test("says nothing about a patient outside the bytes of the message itself", async () => {
    const folder = temporaryFolder()
    await (await storeIn(folder)).append(message("A"))
    const other = new Database(join(folder, "waystation.db"), { readonly: true })
    const row = other.query("SELECT control, digest, subjects, peer, type FROM journal").get()
    other.close()
    expect(JSON.stringify(row)).not.toContain("P-1")
    expect((row as { subjects: Uint8Array }).subjects.length).toBe(8)
  })
})

describe("a message that comes again", () => {
  test("with the same bytes is not stored twice", async () => {
    const store = await storeIn(temporaryFolder())
    const first = await store.append(message("A"))
    expect(await store.append(message("A"))).toEqual({ id: first.id, repeat: true })
  })

  test("while the first is being written waits for it and shares its place", async () => {
    const store = await storeIn(temporaryFolder())
    const both = await Promise.all([store.append(message("A")), store.append(message("A"))])
    expect(both).toEqual([
      { id: 1, repeat: false },
      { id: 1, repeat: true },
    ])
  })

  test("after a restart is known, followed or not", async () => {
    const folder = temporaryFolder()
    let store = await storeIn(folder)
    await store.append(message("A"))
    await followTo(store)
    await store.append(message("B"))
    store = await reopened(store, folder)
    expect((await store.append(message("A"))).repeat).toBe(true)
    expect((await store.append(message("B"))).repeat).toBe(true)
  })

  test.each([
    ["followed each", [1, 2, 3]],
    ["followed once", [1]],
    ["followed never", []],
  ])("with other bytes under its control id is new each time, %s", async (_how, followed) => {
    const store = await storeIn(temporaryFolder())
    const ids: number[] = []
    for (const text of ["5.4", "6.1", "5.4"]) {
      ids.push((await store.append(message("1", text))).id)
      if (followed.includes(ids.length)) await followTo(store)
    }
    expect(ids).toEqual([1, 2, 3])
  })

  test("from another source is that source's own", async () => {
    const store = await storeIn(temporaryFolder())
    await store.append(message("A", "A", "lab"))
    expect((await store.append(message("A", "A", "ward"))).repeat).toBe(false)
  })
})

describe("a store that can't be opened says why, and leaves everything as it is:", () => {
  test("a second process on the same data folder", async () => {
    const folder = temporaryFolder()
    await storeIn(folder)
    await expect(openStore(folder)).rejects.toThrow(/is in use by another waystation/)
  })

  test("a database of a newer version", async () => {
    const folder = temporaryFolder()
    await (await openStore(folder)).close()
    const database = new Database(join(folder, "waystation.db"))
    database.run("PRAGMA user_version = 99")
    database.close()
    const before = await Bun.file(join(folder, "waystation.db")).bytes()
    await expect(openStore(folder)).rejects.toThrow(/was written by a newer waystation \(schema 99/)
    expect(await Bun.file(join(folder, "waystation.db")).bytes()).toEqual(before)
  })

  test("a file that is no database", async () => {
    const folder = temporaryFolder()
    await (await openStore(folder)).close()
    const path = join(folder, "waystation.db")
    await Bun.write(path, "this was a database before the power went".repeat(100))
    await expect(openStore(folder)).rejects.toThrow(/the file is damaged; it was left as it is/)
    expect(await Bun.file(path).text()).toStartWith("this was a database")
  })

  test("a database whose key was lost", async () => {
    const folder = temporaryFolder()
    const store = await openStore(folder)
    await store.append(message("A"))
    await store.close()
    await Bun.file(join(folder, "box.key")).delete()
    await expect(openStore(folder)).rejects.toThrow(/box.key is missing/)
  })

  test("a journal that ends before what was already followed", async () => {
    const folder = temporaryFolder()
    const store = await openStore(folder)
    await store.append(message("A"))
    await followTo(store)
    await store.close()
    const database = new Database(join(folder, "waystation.db"))
    database.run("DELETE FROM journal")
    database.run("UPDATE sqlite_sequence SET seq = 0")
    database.close()
    await expect(openStore(folder)).rejects.toThrow(/the journal ends before message 1/)
  })
})

test("a commit that fails for one message takes no other with it", async () => {
  const store = await storeIn(temporaryFolder())
  const broken = { ...message("B"), type: null as unknown as string }
  const results = await Promise.allSettled([
    store.append(message("A")),
    store.append(broken),
    store.append(message("C")),
  ])
  expect(results.map(({ status }) => status)).toEqual(["fulfilled", "rejected", "fulfilled"])
  expect((await store.append(message("B"))).repeat).toBe(false)
})
