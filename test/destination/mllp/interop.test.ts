import { expect, test } from "bun:test"
import type { AddressInfo } from "node:net"
import { Hl7Server } from "@medplum/hl7"
import { admission } from "../sending.ts"
import { receiving } from "./receiving.ts"

const open = receiving()

test.each([
  ["original", "AA"],
  ["enhanced", "CA"],
])(
  "@medplum/hl7's server in %s mode is sent messages, and its answers are taken",
  async (mode, code) => {
    const came: string[] = []
    const server = new Hl7Server((connection) => {
      connection.addEventListener("message", ({ message }) => {
        came.push(message.getSegment("MSH")?.getField(10)?.toString() ?? "")
        connection.send(message.buildAck())
      })
    })
    await server.start(0, undefined, mode === "enhanced")
    const address = server.server?.address() as AddressInfo | undefined
    const { destination, send, sendOf } = await open(() => [], { port: address?.port })
    expect(await sendOf("A")).toMatchObject({ outcome: "delivered", receipt: { code } })
    const text = Buffer.from(admission("B", "KSM-1")).toString()
    const both = Buffer.from(text.replace("|2.5.1\r", "|2.5.1|||AL|AL\r"))
    expect(await send(both)).toMatchObject({ outcome: "delivered", receipt: { code: "AA" } })
    expect(came).toEqual(["A", "B"])
    await destination.close()
    await server.stop()
  },
)
