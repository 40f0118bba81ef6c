import { expect, test } from "bun:test"
import { join } from "node:path"
import type { Bundle, Observation } from "fhir/r4"
import { openStore } from "../../src/store/index.ts"
import { hl7, temporaryFolder } from "../build.ts"
import { waystation } from "../cli/waystation.ts"
import { type Central, openCentral } from "../fake/central.ts"
import { openSender } from "../fake/sender.ts"
import { configuration, type Running, start } from "./binary.ts"

/** A result of the laboratory's own test, under a control id and filler number of its own. */
function glucose(id: string, code = "GLU^Glucose^L"): Buffer {
  return hl7(
    `MSH|^~\\&|LAB|CLINIC|||20260415120000||ORU^R01|${id}|P|2.5.1`,
    "PID|1||P-1^^^CLINIC^MR||DOE^JANE",
    `OBR|1||${id}|24323-8^Panel^LN|||20260415113000`,
    `OBX|1|NM|${code}||98|mg/dL||N|||F`,
  )
}

async function send(gateway: Running, message: Uint8Array): Promise<void> {
  const sender = await openSender(gateway.port)
  expect((await sender.send(message)).code).toBe("AA")
  sender.close()
}

/** The codes of each observation at central, the first one first. */
async function codesAt(central: Central): Promise<(string | undefined)[][]> {
  const bundle = (await (await fetch(`${central.url}/Observation`)).json()) as Bundle<Observation>
  return (bundle.entry ?? [])
    .map(({ resource }) => resource?.code.coding?.map(({ code }) => code) ?? [])
    .toSorted((one, other) => one.length - other.length)
}

async function unmapped({ admin, headers }: Running, format: "csv" | "json"): Promise<string> {
  const url = `${admin}/api/v1/code-maps/unmapped?format=${format}`
  return (await fetch(url, { headers })).text()
}

const section = '[codeMap.lab-tests]\nfile = "tests.csv"\nfield = ["OBX-3"]\n'

test("the list of unmapped codes, filled in, is the code map of the next start", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  await Bun.write(join(folder, "tests.csv"), "code,targetSystem,targetCode\n")
  const config = configuration(central.url, section)
  const first = await start(folder, { config })
  await send(first, glucose("1"))
  await first.until(({ destinations }) => destinations.central?.delivered === 1)
  expect(await codesAt(central)).toEqual([["GLU"]])
  const token = ["--token-file", join(folder, "data", "admin-token")]
  const listed = await waystation(["codes", "unmapped", "--url", first.admin, ...token])
  expect(listed.stdout).toMatch(/MET +SOURCE .*\n +1 +lab +OBX-3 +L +GLU .* Glucose\n$/)
  const maps = await waystation(["codes", "--url", first.admin, ...token])
  expect(maps.stdout).toMatch(/\nlab-tests +0 +OBX-3\n$/)
  const csv = await unmapped(first, "csv")
  const printed = await waystation(["codes", "unmapped", "--csv", "--url", first.admin, ...token])
  expect(printed.stdout.trim()).toBe(csv.trim())
  expect(csv).toContain(",OBX-3,L,GLU,Glucose,,,,lab-tests,1,")
  expect(await first.stop()).toBe(0)

  await Bun.write(join(folder, "tests.csv"), csv.replace("Glucose,,,", "Glucose,LN,2345-7,"))
  const second = await start(folder, { config })
  expect(JSON.parse(await unmapped(second, "json"))).toEqual({ unmapped: [] })
  await send(second, glucose("2"))
  await second.until(({ destinations }) => destinations.central?.delivered === 2)
  expect(await codesAt(central)).toEqual([["GLU"], ["2345-7", "GLU"]])
  expect(await second.stop()).toBe(0)
  await central.close()
})

test("a result whose code is unknown is held, and goes when its code has a place", async () => {
  const central = await openCentral()
  const folder = temporaryFolder()
  // As under systemd: the configuration stands elsewhere, and its codes beside it.
  const beside = temporaryFolder()
  await Bun.write(join(beside, "tests.csv"), "code,targetSystem,targetCode\n")
  const config = configuration(central.url, `${section}onUnknown = "hold"\n`)
  await Bun.write(join(beside, "waystation.toml"), config)
  const args = ["--config", join(beside, "waystation.toml")]
  const first = await start(folder, { args })
  await send(first, glucose("1"))
  await first.until(({ destinations }) => destinations.central?.held === 1)
  const held = first.events.find(({ event }) => event === "held")
  expect(held?.reason).toBe('code "GLU" of OBX-3 has no place in code map lab-tests')
  expect(JSON.parse(await unmapped(first, "json")).unmapped).toMatchObject([
    { codeMap: "lab-tests", source: "lab", code: "GLU", count: 1, message: 1 },
  ])
  expect(await first.stop()).toBe(0)

  const store = await openStore(join(folder, "data"))
  // Held under a code map that was another one than that of now.
  const wanted = { destination: "central", causeGone: { code: "that of now" } }
  expect(await store.tank.replay(wanted, { by: "test", at: 0 })).toBe(1)
  await store.close()
  await Bun.write(join(beside, "tests.csv"), "code,targetSystem,targetCode\nGLU,LN,2345-7\n")
  const second = await start(folder, { args })
  await second.until(({ destinations }) => destinations.central?.delivered === 1)
  expect(await codesAt(central)).toEqual([["2345-7", "GLU"]])
  expect(await second.stop()).toBe(0)
  await central.close()
})
