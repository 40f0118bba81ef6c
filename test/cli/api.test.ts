import { describe, expect, test } from "bun:test"
import { join } from "node:path"
import { temporaryFolder } from "../build.ts"
import { addressesOfThisFile, asking } from "./answering.ts"
import { waystation } from "./waystation.ts"

const { answering, closeAll } = addressesOfThisFile()

const status = (url: string, given?: Parameters<typeof asking>[2]) => asking(url, ["status"], given)

const problem = (status: number, detail: string) => Response.json({ status, detail }, { status })

describe("a command that asks the gateway says what to do where", () => {
  test("nothing answers", async () => {
    const url = answering(() => new Response())
    await closeAll()
    const { code, stderr, stdout } = await status(url)
    expect([code, stdout]).toEqual([1, ""])
    expect(stderr).toStartWith(`waystation status: nothing answers at ${url} (`)
    expect(stderr).toContain("see that the gateway runs, or name its address with --url")
  })

  test("there is no token", async () => {
    const { code, stderr } = await status("http://127.0.0.1:1", { token: "" })
    expect(code).toBe(1)
    expect(stderr).toContain("the-token can't be read (ENOENT): run this as the gateway's user")
  })

  test.each<[string, () => Response, string]>([
    ["the token is another's", () => problem(401, "no"), "does not take the token in "],
    ["it is no gateway", () => new Response("<html>", { status: 404 }), "is no waystation, or an"],
    ["the gateway fails", () => problem(500, "its log says why"), "status: its log says why"],
    ["a proxy fails", () => new Response("<html>", { status: 502 }), "answered 502: see what"],
    ["it is a page", () => new Response("<html>"), "is no waystation, or an older one"],
  ])("%s", async (_what, answer, words) => {
    const { code, stderr, stdout } = await status(answering(answer))
    expect([code, stdout]).toEqual([1, ""])
    expect(stderr).toContain(words)
    expect(stderr).not.toContain("t0ken")
    expect(stderr.split("\n").length).toBe(2)
  })

  test("the address is none", async () => {
    const { code, stderr } = await status("127.0.0.1:8575")
    expect(code).toBe(1)
    expect(stderr).toContain("--url takes an address such as http://127.0.0.1:8575, not 127.0.0.1")
  })
})

test("the token is sent to the gateway alone, past any proxy of the environment", async () => {
  const seen: string[] = []
  const proxy = answering(({ url }) => {
    seen.push(`proxy ${url}`)
    return new Response()
  })
  const gateway = answering(({ headers }) => {
    seen.push(headers.get("authorization") ?? "")
    return problem(500, "enough seen")
  })
  await status(gateway, { env: { HTTP_PROXY: proxy, http_proxy: proxy, ALL_PROXY: proxy } })
  expect(new Set(seen)).toEqual(new Set(["Bearer t0ken"]))
})

test("the token is looked for in $STATE_DIRECTORY, else in ./data", async () => {
  const gateway = answering(({ headers }) => problem(500, headers.get("authorization") ?? ""))
  const cwd = temporaryFolder()
  await Bun.write(join(cwd, "data", "admin-token"), "of-data\n")
  await Bun.write(join(cwd, "state", "admin-token"), "of-state\n")
  const args = ["status", "--url", gateway]
  expect((await waystation(args, { cwd })).stderr).toContain("Bearer of-data")
  const env = { STATE_DIRECTORY: join(cwd, "state") }
  expect((await waystation(args, { cwd, env })).stderr).toContain("Bearer of-state")
})
