import { describe, expect, test } from "bun:test"
import { addressesOfThisFile, asking } from "./answering.ts"

const { answering } = addressesOfThisFile()

/** What the command says when the gateway did it to so many deliveries. */
function decided(count: number, ...args: string[]) {
  return asking(
    answering(() => Response.json({ count })),
    args,
  )
}

describe("a decision about deliveries", () => {
  test("says how many it was about", async () => {
    const replayed = await decided(2, "replay", "31", "32", "31")
    expect(replayed).toEqual({ code: 0, stdout: "2 deliveries to send again\n", stderr: "" })
    const discarded = await decided(1, "discard", "31", "--because", "a test")
    expect(discarded).toEqual({ code: 0, stdout: "1 delivery discarded\n", stderr: "" })
  })

  test.each([
    ["replay", [], "1 delivery to send again", "pending"],
    ["discard", ["--because", "a test"], "1 delivery discarded", "delivered or discarded"],
  ])("%s of an id that is mistyped does not look like done", async (name, more, done, left) => {
    const { code, stdout, stderr } = await decided(1, name, "31", "9999", ...more)
    expect([code, stdout]).toEqual([1, `${done}\n`])
    expect(stderr).toStartWith(`waystation ${name}: 1 of 2 left as it was: ${left}, or there is no`)
    const json = await decided(1, name, "31", "9999", "--json", ...more)
    expect([json.code, json.stdout]).toEqual([1, '{"count":1}\n'])
  })

  test("for a reason that nothing is held for says where the reasons stand", async () => {
    const none = await decided(0, "replay", "--reason", "answered 42")
    expect(none).toMatchObject({
      code: 0,
      stdout: "0 deliveries to send again; status has each reason word for word\n",
    })
    const quiet = await decided(0, "replay", "--destination", "central")
    expect(quiet.stdout).toBe("0 deliveries to send again\n")
  })
})
