import { describe, expect, test } from "bun:test"
import { frame } from "../../../src/hl7/frame.ts"
import { hl7, oru } from "../../build.ts"
import { listener } from "./listener.ts"

const lab = listener()

describe("a sender of whole messages", () => {
  test("may send its bytes one by one", async () => {
    const one = await lab.sender()
    for (const byte of frame(oru({ controlId: "1" }))) one.write(Uint8Array.of(byte))
    expect(await one.answer()).toBe("AA 1")
  })

  test("may leave out the VT: it is answered, and the log says so", async () => {
    const one = await lab.sender()
    one.write(Buffer.concat([oru({ controlId: "1" }), Buffer.from("\x1c\r")]))
    expect(await one.answer()).toBe("AA 1")
    expect(lab.events.map(({ event }) => event)).toEqual(["frame-without-vt"])
  })

  test.each([
    ["LF", "\n"],
    ["CR LF", "\r\n"],
  ])("may end its segments with %s", async (_name, end) => {
    const one = await lab.sender()
    one.send(Buffer.from(oru({ controlId: "1" }).toString().replaceAll("\r", end)))
    expect(await one.answer()).toBe("AA 1")
    expect(lab.core.handed[0]?.read).toMatchObject({ head: { subjects: ["CLINIC|P-1"] } })
  })

  test("may have an FS in a text: all of it is one message", async () => {
    const one = await lab.sender()
    const message = Buffer.concat([oru({ controlId: "1" }), hl7("NTE|1||left\x1cright")])
    one.send(message)
    expect(await one.answer()).toBe("AA 1")
    expect(Buffer.from(lab.core.handed[0]?.bytes ?? []).equals(message)).toBe(true)
    expect(lab.core.handed).toHaveLength(1)
  })

  test("may send an OBX of 20 MB, and the next message right behind it", async () => {
    const one = await lab.sender()
    const picture = `${"A".repeat(20_000_000)}|`
    one.send(Buffer.concat([oru({ controlId: "1" }), hl7(`OBX|2|ED|X||^^^^${picture}`)]))
    one.send(oru({ controlId: "2" }))
    expect([await one.answer(), await one.answer()]).toEqual(["AA 1", "AA 2"])
    expect(lab.core.handed[0]?.bytes.length).toBeGreaterThan(20_000_000)
  })
})

describe("a sender of less than a frame", () => {
  test("that breaks off and begins again gets one answer; its broken bytes are kept", async () => {
    const one = await lab.sender()
    const whole = frame(oru({ controlId: "2" }))
    one.write(frame(oru({ controlId: "1" })).subarray(0, 90))
    one.write(whole)
    expect(await one.answer()).toBe("AA 2")
    expect(lab.core.handed[0]?.read).toMatchObject({
      malformed: { reason: "a new frame began inside this one" },
    })
    one.finish()
    expect(await one.answer()).toBe("hung up")
  })

  test("that ends inside a frame is told it was not taken, and its bytes are kept", async () => {
    const one = await lab.sender()
    one.write(frame(oru({ controlId: "1" })).subarray(0, 90))
    one.finish()
    expect([await one.answer(), await one.answer()]).toEqual(["AE 1", "hung up"])
    expect(lab.core.handed).toHaveLength(1)
    expect(lab.core.handed[0]?.bytes).toHaveLength(89)
    expect(lab.core.handed[0]?.read).toHaveProperty("malformed.reason")
  })

  test("that ends inside a header is not answered: half of its id is another's", async () => {
    const one = await lab.sender()
    const whole = oru({ controlId: "12345" })
    one.write(frame(whole).subarray(0, whole.indexOf("345") + 1))
    one.finish()
    expect(await one.answer()).toBe("hung up")
    expect(lab.core.handed).toHaveLength(1)
    expect(lab.source.replies).toEqual({})
  })

  test("without any frame that ends its side, as nc does, is never told AA", async () => {
    const one = await lab.sender()
    one.write(oru({ controlId: "1" }))
    one.finish()
    expect([await one.answer(), await one.answer()]).toEqual(["AE 1", "hung up"])
    expect(lab.core.handed[0]?.bytes).toEqual(oru({ controlId: "1" }))
  })

  test("whose bytes between two frames are no message gets no answer to them", async () => {
    const one = await lab.sender()
    const [first, second] = [frame(oru({ controlId: "1" })), frame(oru({ controlId: "2" }))]
    one.write(Buffer.concat([first, Buffer.from("OBX|2|TX\x1c\r"), second]))
    expect([await one.answer(), await one.answer()]).toEqual(["AA 1", "AA 2"])
    expect(lab.core.handed[1]?.read).toHaveProperty("malformed.reason")
  })
})
