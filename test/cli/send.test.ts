import { afterEach, describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { frame } from "../../src/hl7/frame.ts"
import { oru, temporaryFolder } from "../build.ts"
import { ackOf, type MllpReceiver, openMllpReceiver } from "../fake/mllp-receiver.ts"
import { waystation } from "./waystation.ts"

let receiver: MllpReceiver | undefined

async function listen(...answer: Parameters<typeof openMllpReceiver>): Promise<MllpReceiver> {
  receiver = await openMllpReceiver(...answer)
  return receiver
}

afterEach(async () => {
  await receiver?.close()
  receiver = undefined
})

/** `waystation send` to the receiver, of messages with these control ids, each in a file. */
function send(address: string, controlIds: readonly string[], options: readonly string[] = []) {
  const cwd = temporaryFolder()
  const files = controlIds.map((controlId, at) => {
    writeFileSync(join(cwd, `${at + 1}.hl7`), oru({ controlId }))
    return `${at + 1}.hl7`
  })
  return waystation(["send", "--to", address, ...options, ...files], { cwd })
}

describe("send", () => {
  test("prints each acknowledgement and exits 0 when all are positive", async () => {
    const { address, received, connections } = await listen((id) => [ackOf("AA", id)])
    const { code, stdout, stderr } = await send(address, ["A", "B"])
    expect([code, stderr]).toEqual([0, ""])
    expect(stdout).toBe("1.hl7 AA A\n2.hl7 AA B\n")
    expect(received).toEqual(["A", "B"])
    expect(connections()).toBe(1)
  })

  test("takes - for standard input, and every message in a file, framed or bare", async () => {
    const { address, received } = await listen((id) => [ackOf("CA", id)])
    const bare = Buffer.concat([oru({ controlId: "A" }), oru({ controlId: "B" })])
    const framed = Buffer.concat([frame(oru({ controlId: "C" })), frame(oru({ controlId: "D" }))])
    const args = ["send", "--to", address, "-"]
    expect((await waystation(args, { stdin: bare })).stdout).toBe("- CA A\n- CA B\n")
    expect((await waystation(args, { stdin: framed })).code).toBe(0)
    expect(received).toEqual(["A", "B", "C", "D"])
  })

  test.each(["AE", "AR", "CE", "CR"])(
    "prints why one was answered %s, goes on, and exits 1",
    async (no) => {
      const { address } = await listen((id) =>
        id === "A" ? [ackOf(no, id, "no such ward")] : [ackOf("AA", id)],
      )
      const { code, stdout } = await send(address, ["A", "B"])
      expect([code, stdout]).toEqual([1, `1.hl7 ${no} A no such ward\n2.hl7 AA B\n`])
    },
  )

  test("waits for as many acknowledgements as each message asks for", async () => {
    const asking = (controlId: string, asked: string) =>
      oru({ controlId }).toString().replace("|2.5.1\r", `|2.5.1|||${asked}\r`)
    const stdin = ["A AL|AL", "B NE|NE", "C AL|NE", "D AL|AL", "E NE|NE"]
      .map((one) => asking(...(one.split(" ") as [string, string])))
      .join("")
    const { address, received } = await listen((id) => {
      if (id === "A") return [ackOf("CA", id), ackOf("AA", id)]
      return id === "D" ? [ackOf("CE", id)] : id === "C" ? [ackOf("CA", id)] : []
    })
    const args = ["send", "--to", address, "-"]
    const { code, stdout, stderr } = await waystation(args, { stdin: Buffer.from(stdin) })
    expect([code, stderr]).toEqual([1, ""])
    expect(stdout.split("\n")).toEqual([
      "- CA A",
      "- AA A",
      "- sent B, which asks for no answer",
      "- CA C",
      "- CE D",
      "- sent E, which asks for no answer",
      "",
    ])
    expect(received).toEqual(["A", "B", "C", "D", "E"])
  })

  test("never takes an acknowledgement of another message for its own", async () => {
    // The answer to A twice: the second must not be taken for the answer to B.
    const { address, received } = await listen((id) => [ackOf("AA", "A"), ackOf("AA", id)])
    const { code, stdout, stderr } = await send(address, ["A", "B", "C"])
    expect(code).toBe(1)
    expect(stdout).toBe("1.hl7 AA A\n2.hl7 AA A\n")
    expect(stderr).toContain("that answers another message than B")
    expect(received).toEqual(["A", "B"])
  })

  test("takes a refusal that names no message for its own, and no other answer", async () => {
    const refusing = await listen((id) => [ackOf(id === "A" ? "AE" : "AA", "")])
    const { code, stdout } = await send(refusing.address, ["A", "B", "C"])
    expect([code, stdout]).toEqual([1, "1.hl7 AE\n2.hl7 AA\n"])
  })

  test("counts an answer without an MSA segment as none, and says so", async () => {
    const { address } = await listen(() => ["hello"])
    const { code, stdout } = await send(address, ["A"])
    expect([code, stdout]).toEqual([1, "1.hl7 answered without an MSA segment\n"])
  })
})

describe("send that gets no answer", () => {
  test("where nobody listens names the address and exits 1", async () => {
    const { address, close } = await listen(() => [])
    await close()
    const { code, stdout, stderr } = await send(address, ["A"])
    expect([code, stdout]).toEqual([1, ""])
    expect(stderr).toStartWith(`waystation send: ${address}: `)
    expect(stderr).toContain("ECONNREFUSED")
  })

  test("because it is hung up on says so and exits 1", async () => {
    const { address } = await listen(() => "hang up")
    const { code, stderr } = await send(address, ["A", "B"])
    expect(code).toBe(1)
    expect(stderr).toStartWith(`waystation send: ${address}: `)
    expect(receiver?.received).toEqual(["A"])
  })

  test("waits for an answer as long as it is told, then leaves, and exits 1", async () => {
    const { address, received } = await listen((id) => (id === "A" ? [ackOf("AA", id)] : []))
    const { code, stdout, stderr } = await send(address, ["A", "B", "C"], ["--timeout", "0.2"])
    expect([code, stdout]).toEqual([1, "1.hl7 AA A\n"])
    expect(stderr).toContain("no acknowledgement came within 0.2 s")
    expect(received).toEqual(["A", "B"])
  })

  test("gives every message the same time, however long those before it took", async () => {
    const { address } = await listen(async (id) => {
      await Bun.sleep(300)
      return [ackOf("AA", id)]
    })
    expect((await send(address, ["A", "B", "C"], ["--timeout", "0.7"])).code).toBe(0)
  })

  test("is not kept waiting by bytes that never become an answer", async () => {
    const server = Bun.listen({
      hostname: "127.0.0.1",
      port: 0,
      socket: {
        data(socket) {
          const drip = setInterval(() => {
            if (socket.write("\x0bx") < 0) clearInterval(drip)
          }, 20)
        },
      },
    })
    const { code, stderr } = await send(`127.0.0.1:${server.port}`, ["A"], ["--timeout", "0.3"])
    server.stop(true)
    expect(code).toBe(1)
    expect(stderr).toContain("no acknowledgement came within 0.3 s")
  })

  test("of a file that can't be read sends nothing at all, and exits 1", async () => {
    const { address, received } = await listen((id) => [ackOf("AA", id)])
    const cwd = temporaryFolder()
    writeFileSync(join(cwd, "a.hl7"), oru())
    const { code, stderr } = await waystation(["send", "--to", address, "a.hl7", "gone.hl7"], {
      cwd,
    })
    expect(code).toBe(1)
    expect(stderr).toStartWith(
      "waystation send: gone.hl7 can't be read: there is no such file; name files with HL7 v2",
    )
    expect(received).toEqual([])
  })
})
