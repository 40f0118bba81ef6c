import { expect, test } from "bun:test"
import { once } from "node:events"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { Hl7Message } from "@medplum/core"
import { Hl7Client } from "@medplum/hl7"
import { Client, type InboundResponse, Message } from "node-hl7-client"
import { frame } from "../../../src/hl7/frame.ts"
import { oru, temporaryFolder } from "../../build.ts"
import { listener } from "./listener.ts"

const lab = listener()

const portOf = () => lab.source.address.split(":")[1] ?? ""

// Debian's python3-hl7 brings it; another system may lack it.
test.skipIf(Bun.which("mllp_send") === null)(
  "mllp_send of python3-hl7 sends two messages and prints an acknowledgement of each",
  async () => {
    const file = join(temporaryFolder(), "two.hl7")
    writeFileSync(file, Buffer.concat([1, 2].map((id) => frame(oru({ controlId: `PY-${id}` })))))
    const command = ["mllp_send", "--quiet", "--file", file, "--port", portOf(), "127.0.0.1"]
    const sending = Bun.spawn(command, { stdout: "pipe", stderr: "pipe" })
    const [printed, complaints] = [await sending.stdout.text(), await sending.stderr.text()]
    expect([complaints, await sending.exited]).toEqual(["", 0])
    expect(printed.match(/MSA\|\S+/g)).toEqual(["MSA|AA|PY-1", "MSA|AA|PY-2"])
  },
)

test("@medplum/hl7's client sends a message and takes our answer for its own", async () => {
  const client = new Hl7Client({ host: "127.0.0.1", port: Number(portOf()) })
  const message = Hl7Message.parse(oru({ controlId: "MP-1" }).toString())
  // Its package carries a core of its own, whose class is another to the type checker.
  const ack = await client.sendAndWait(message as never)
  expect([1, 2].map((field) => ack.getSegment("MSA")?.getField(field).toString())).toEqual([
    "AA",
    "MP-1",
  ])
  await client.close()
})

test("node-hl7-client sends one message after another and reads each answer", async () => {
  const came: string[] = []
  let answered = Promise.withResolvers<void>()
  const client = new Client({ host: "127.0.0.1" })
  const take = (response: InboundResponse) => {
    const said = [1, 2].map((field) => response.getMessage().get(`MSA.${field}`).toString())
    came.push(said.join(" "))
    answered.resolve()
  }
  const connection = client.createConnection({ port: Number(portOf()) }, take)
  // Asked to send before it is connected, this version opens a second connection.
  await once(connection, "connect")
  for (const controlId of ["NH-1", "NH-2"]) {
    await connection.sendMessage(new Message({ text: oru({ controlId }).toString() }))
    await answered.promise
    answered = Promise.withResolvers()
  }
  expect(came).toEqual(["AA NH-1", "AA NH-2"])
  await connection.close()
})
