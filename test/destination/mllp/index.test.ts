import { describe, expect, test } from "bun:test"
import * as v from "valibot"
import { mllp } from "../../../src/destination/mllp/index.ts"

const place = { kind: "mllp", host: "his.example", port: 2575 }

describe("the section of an MLLP destination", () => {
  test("needs its address and nothing else", () => {
    expect(v.parse(mllp.config, place)).toMatchObject({
      ...place,
      timeout: 30_000,
      onLostAck: "resend",
      concurrency: 1,
    })
  })

  test.each([
    ["port 0", { port: 0 }, "from 1 to 65535"],
    ["a port in quotes", { port: "2575" }, "must be a port number"],
    ["no host", { host: "" }, "must not be empty"],
    ["another policy", { onLostAck: "drop" }, '"resend" or "hold"'],
    ["too many connections", { concurrency: 65 }, "from 1 to 64"],
    ["a certificate that is not there", { tls: { caFile: "/gone.crt" } }, "there is no such file"],
    ["a name to be shown without TLS", { servername: "his" }, "needs a section tls"],
  ])("%s is refused, once, with what is wanted", (_what, section, message) => {
    const { issues } = v.safeParse(mllp.config, { ...place, ...section })
    expect(issues?.map((issue) => issue.message)).toEqual([expect.stringContaining(message)])
  })
})
