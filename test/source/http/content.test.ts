import { describe, expect, test } from "bun:test"
import { hl7 } from "../../build.ts"
import { listenersOfThisFile } from "./listener.ts"

const listen = listenersOfThisFile()

describe("the charset of a Content-Type", () => {
  const named = (name: string, msh18 = "") =>
    hl7(
      `MSH|^~\\&|LAB|CLINIC|||20260415120000||ORU^R01|C1|P|2.5.1||||||${msh18}`,
      `PID|1||P-1||${name}`,
    )
  const cyrillic = Buffer.concat([named(""), Buffer.from([0xc8, 0xe2, 0xe0, 0xed])])
  const sent = async (body: Buffer, charset: string, section = {}) => {
    const { post, core } = await listen(section)
    const response = await post(body, { "content-type": `text/plain; charset=${charset}` })
    expect(core.handed).toHaveLength(response.status === 415 ? 0 : 1)
    return { status: response.status, body: await response.text() }
  }

  test("gives way to MSH-18, which rules", async () => {
    expect((await sent(named("Zoë", "UNICODE UTF-8"), "windows-1251")).status).toBe(200)
  })

  test("is fine where the message is read so anyway", async () => {
    expect((await sent(named("Zoë"), "UTF-8")).status).toBe(200)
    expect((await sent(named("ZOE"), "windows-1251")).status).toBe(200)
    expect((await sent(cyrillic, "windows-1251", { charset: "windows-1251" })).status).toBe(200)
  })

  test("that would be lost is 415, and the reason says where else to name it", async () => {
    const { status, body } = await sent(cyrillic, "windows-1251")
    expect(status).toBe(415)
    expect(JSON.parse(body).error).toContain("name it in MSH-18, or as charset of [source.lab]")
  })

  test("that is unknown, or that the bytes give the lie to, says nothing", async () => {
    expect((await sent(cyrillic, "x-klingon")).status).toBe(200)
    expect((await sent(cyrillic, "utf-8")).status).toBe(200)
    expect((await sent(cyrillic, "utf-8", { charset: "windows-1251" })).status).toBe(200)
  })
})
