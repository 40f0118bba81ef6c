import { describe, expect, test } from "bun:test"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import { Creates } from "../../../src/destination/fhir/creates.ts"
import { openCentral } from "../../fake/central.ts"
import { registration } from "../sending.ts"

const never = new AbortController().signal

/** Whether it has come in, once everything that could go on has done so. */
async function isIn(entered: Promise<unknown>): Promise<boolean> {
  const waiting = Symbol()
  await Bun.sleep(0)
  return (await Promise.race([entered, Promise.resolve(waiting)])) !== waiting
}

describe("two transactions that create the same resource", () => {
  test("go one after the other until it is there, and together from then on", async () => {
    const creates = new Creates()
    const leave = await creates.enter(["Organization?identifier=a"], never)
    const second = creates.enter(["Organization?identifier=a", "Patient?identifier=2"], never)
    const third = creates.enter(["Organization?identifier=a", "Patient?identifier=3"], never)
    expect(await isIn(second)).toBe(false)
    leave(true)
    expect(await isIn(second)).toBe(true)
    expect(await isIn(third)).toBe(true)
  })

  test("after a failure it is the next one's turn, and its alone", async () => {
    const creates = new Creates()
    const leave = await creates.enter(["a"], never)
    const second = creates.enter(["a"], never)
    const third = creates.enter(["a"], never)
    leave(false)
    expect([await isIn(second), await isIn(third)]).toEqual([true, false])
    ;(await second)(true)
    expect(await isIn(third)).toBe(true)
  })

  test("one that has nothing in common waits for nobody", async () => {
    const creates = new Creates()
    await creates.enter(["a"], never)
    expect(await isIn(creates.enter(["b"], never))).toBe(true)
    expect(await isIn(creates.enter([], never))).toBe(true)
  })

  test("never wait for one another for ever", async () => {
    const creates = new Creates()
    const leave = await creates.enter(["a"], never)
    const both = creates.enter(["b", "a"], never)
    expect(await isIn(creates.enter(["b"], never))).toBe(true)
    leave(true)
    expect(await isIn(both)).toBe(false)
  })

  test("one that waits is broken off by its signal, and leaves nothing behind", async () => {
    const creates = new Creates()
    const leave = await creates.enter(["a"], never)
    const stop = new AbortController()
    const second = creates.enter(["a"], stop.signal)
    stop.abort(new Error("the gateway is stopping"))
    await expect(second).rejects.toThrow("stopping")
    leave(true)
    expect(await isIn(creates.enter(["a"], never))).toBe(true)
  })

  test("what failed once is no longer taken to be there", async () => {
    const creates = new Creates()
    const first = await creates.enter(["a"], never)
    first(true)
    expect(creates.isSeen("a")).toBe(true)
    const again = await creates.enter(["a"], never)
    again(false)
    expect(creates.isSeen("a")).toBe(false)
  })

  test("only so many are remembered, those used last", async () => {
    const creates = new Creates()
    const enter = async (key: string) => (await creates.enter([key], never))(true)
    await enter("first")
    for (let i = 0; i < 9_999; i++) await enter(`k${i}`)
    await enter("first")
    await enter("one more")
    expect([creates.isSeen("first"), creates.isSeen("k0")]).toEqual([true, false])
  })
})

test("no two Bundles in flight name a resource that is new to the destination", async () => {
  const central = await openCentral()
  const { promise, resolve } = Promise.withResolvers<void>()
  central.fault = { until: promise }
  const destination = openFhir({ url: central.url, timeout: 10_000 }, { now: Date.now, log() {} })
  const first = destination.send(registration("KSM-1"), never)
  await central.asked()
  const asked = central.asked()
  const values = ["KSM-1", "KSM-1", "KSM-2"]
  const others = values.map((value) => destination.send(registration(value), never))
  // Had one of the first two gone, it would be there before the third.
  expect((await asked).body).toContain("KSM-2")
  resolve()
  const outcomes = await Promise.all([first, ...others])
  expect(outcomes.map(({ outcome }) => outcome)).toEqual(new Array(4).fill("delivered"))
  await destination.close()
  await central.close()
})
