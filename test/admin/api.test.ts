import { describe, expect, test } from "bun:test"
import { temporaryFolder } from "../build.ts"
import { storesOfThisFile } from "../store/stores.ts"
import { adminsOfThisFile, ask, authorization } from "./admins.ts"

const { open } = adminsOfThisFile()
const { storeIn } = storesOfThisFile()

/** The address of a box that was sent these, none of which is a message. */
async function boxThatRefused(...inputs: Uint8Array[]): Promise<string> {
  const store = await storeIn(temporaryFolder())
  for (const bytes of inputs) {
    const malformed = { code: 100, location: "MSH", reason: "there is no MSH segment" } as const
    const receivedAt = Date.parse("2026-04-15T12:00:00Z")
    await store.quarantine({ source: "lab", peer: "10.0.0.7:4711", receivedAt, malformed, bytes })
  }
  return `${await open({}, { store })}/api/v1/quarantine`
}

const json = async (url: string) => JSON.parse((await ask(url, authorization)).body)

describe("quarantine", () => {
  test("is listed from the newest on, without the bytes", async () => {
    const address = await boxThatRefused(Buffer.from("first"), Buffer.alloc(70_000, "x"))
    const about = {
      ...{ source: "lab", peer: "10.0.0.7:4711", receivedAt: "2026-04-15T12:00:00.000Z" },
      reason: "there is no MSH segment",
    }
    const newest = { id: 2, ...about, size: 70_000, kept: 65_536 }
    const oldest = { id: 1, ...about, size: 5, kept: 5 }
    expect(await json(address)).toEqual({ quarantine: [newest, oldest], next: null })
    expect(await json(`${address}/1`)).toEqual(oldest)
  })

  test("is paged: `next` is the `before` of the next page", async () => {
    const address = await boxThatRefused(...Array.from("abcde", (one) => Buffer.from(one)))
    const pages = []
    for (let before: number | null = 6; before !== null; ) {
      const page = await json(`${address}?limit=2&before=${before}`)
      pages.push(page.quarantine.map(({ id }: { id: number }) => id))
      before = page.next
    }
    expect(pages).toEqual([[5, 4], [3, 2], [1]])
  })

  test("that is empty is an empty list", async () => {
    expect(await json(await boxThatRefused())).toEqual({ quarantine: [], next: null })
  })

  test.each([
    ["?limit=abc", "limit must be a whole number from 1 to 1000"],
    ["?limit=0", "limit must be"],
    ["?limit=1001", "limit must be"],
    ["?limit=-1", "limit must be"],
    ["?limit=", "limit must be"],
    ["?limit=1e2", "limit must be"],
    ["?before=abc", "before must be the id of an entry"],
    ["?before=0", "before must be the id"],
    ["?before=99999999999999999999", "before must be the id"],
  ])("asked for %s says what is wrong with it", async (query, problem) => {
    const { status, body } = await ask(`${await boxThatRefused()}${query}`, authorization)
    expect(status).toBe(400)
    expect(JSON.parse(body).detail).toStartWith(problem)
  })

  test.each(["2", "0", "-1", "abc", "1.0", "99999999999999999999", "1;drop", "%00"])(
    "has no %s, and says so",
    async (id) => {
      const address = await boxThatRefused(Buffer.from("x"))
      for (const path of [`${address}/${id}`, `${address}/${id}/bytes`]) {
        const { status, body } = await ask(path, authorization)
        expect(status).toBe(404)
        expect(JSON.parse(body).detail).toContain("in quarantine")
      }
    },
  )

  test("gives back exactly the bytes that came, as a file that no browser shows", async () => {
    const every = Uint8Array.from({ length: 1024 }, (_, index) => index % 256)
    const url = `${await boxThatRefused(every, Buffer.from("<html>"))}/1/bytes`
    const response = await fetch(url, authorization)
    expect(response.status).toBe(200)
    expect([...(await response.bytes())]).toEqual([...every])
    const { headers } = response
    expect(headers.get("content-type")).toBe("application/octet-stream")
    expect(headers.get("content-disposition")).toBe('attachment; filename="quarantine-1.hl7"')
    expect(headers.get("x-content-type-options")).toBe("nosniff")
    expect(headers.get("cache-control")).toBe("no-store")
  })

  test("gives nothing of it to who has no token", async () => {
    const address = await boxThatRefused(Buffer.from("MSH DOE JANE"))
    for (const path of ["", "/1", "/1/bytes"]) {
      const { status, body } = await ask(`${address}${path}`)
      expect(status).toBe(401)
      expect(body).not.toContain("JANE")
    }
  })
})
