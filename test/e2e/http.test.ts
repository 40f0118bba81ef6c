import { expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { oru, temporaryFolder } from "../build.ts"
import { openCentral } from "../fake/central.ts"
import { configuration, start } from "./binary.ts"

test("a message that is posted goes to the centre, and what is none into quarantine", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  writeFileSync(join(folder, "senders"), "sender\n")
  const mllp = '[source.lab]\nkind = "mllp"'
  const http = '[source.lab]\nkind = "http"\ntokensFile = "senders"'
  const gateway = await start(folder, { config: configuration(central.url).replace(mllp, http) })

  const post = async (body: string) => {
    const authorization = "Bearer sender"
    const headers = { authorization, "content-type": "text/plain", accept: "application/json" }
    const response = await fetch(gateway.sources.lab ?? "", { method: "POST", headers, body })
    return [response.status, await response.json()]
  }
  expect(await post(String(oru()))).toEqual([200, { id: 1, verdict: "stored", code: "AA" }])
  expect(await post(String(oru()))).toEqual([200, { id: 1, verdict: "duplicate", code: "AA" }])
  expect(await post("nonsense")).toEqual([400, expect.objectContaining({ code: "AE" })])

  const { sources } = await gateway.until(
    ({ destinations }) => destinations.central?.delivered === 1,
  )
  expect(sources.lab).toMatchObject({ acked: { AA: 2, AE: 1 }, quarantined: 1 })
  expect(central.count("DiagnosticReport")).toBe(1)
  const { headers } = gateway
  const kept = await fetch(`${gateway.admin}/api/v1/quarantine/1/bytes`, { headers })
  expect(await kept.text()).toBe("nonsense")
  expect(await gateway.stop()).toBe(0)
  await central.close()
})
