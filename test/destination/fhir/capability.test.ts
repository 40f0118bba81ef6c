import { describe, expect, test } from "bun:test"
import { openFhir } from "../../../src/destination/fhir/client.ts"
import type { FhirSettings } from "../../../src/destination/fhir/server.ts"
import { openCentral } from "../../fake/central.ts"

const never = new AbortController().signal

/** What is logged when this is answered to the greeting. */
async function greeted(
  body: unknown,
  { status = 200, ...settings }: Partial<FhirSettings> & { status?: number } = {},
) {
  const asked: string[] = []
  const server = Bun.serve({
    port: 0,
    hostname: "127.0.0.1",
    development: false,
    fetch(request) {
      asked.push(`${request.method} ${new URL(request.url).pathname}`)
      return new Response(typeof body === "string" ? body : JSON.stringify(body), { status })
    },
  })
  const url = `http://127.0.0.1:${server.port}/fhir`
  const logged = await greetAt(url, settings)
  await server.stop(true)
  expect(asked).toEqual(["GET /fhir/metadata"])
  return logged
}

async function greetAt(url: string, settings: Partial<FhirSettings> = {}) {
  const logged: Record<string, unknown> = {}
  const log = (event: string, fields: unknown) => void Object.assign(logged, { [event]: fields })
  const destination = openFhir({ url, timeout: 10_000, ...settings }, { now: Date.now, log })
  await destination.greet?.(never)
  await destination.close()
  return logged
}

const statement = {
  resourceType: "CapabilityStatement",
  fhirVersion: "4.0.1",
  format: ["application/fhir+json"],
  software: { name: "HAPI FHIR Server", version: "7.2.0" },
  rest: [
    {
      mode: "server",
      interaction: [{ code: "transaction" }],
      resource: [{ type: "Patient", conditionalCreate: true, conditionalUpdate: true }],
    },
  ],
}

describe("what a server says of itself at the start", () => {
  test("one that can do what it is asked is named, and nothing is wrong", async () => {
    expect(await greeted(statement)).toEqual({
      "destination-speaks": { fhirVersion: "4.0.1", software: "HAPI FHIR Server 7.2.0" },
    })
  })

  test("the sandbox inside the box has nothing to be warned of", async () => {
    const central = await openCentral()
    expect(Object.keys(await greetAt(central.url))).toEqual(["destination-speaks"])
    expect(Object.keys(await greetAt(central.url, { write: "put" }))).toEqual([
      "destination-speaks",
    ])
    await central.close()
  })

  test.each([
    ["another version of FHIR", { fhirVersion: "5.0.0" }, {}, "speaks FHIR 5.0.0"],
    ["no version", { fhirVersion: undefined }, {}, "of no version"],
    ["a format it does not offer", {}, { format: "xml" as const }, "does not offer xml"],
    ["no transactions", { rest: [{ mode: "server" }] }, {}, "takes transactions"],
    ["no server at all", { rest: [{ mode: "client" }] }, {}, "that it is a server"],
    ["no ids of ours", {}, { write: "put" as const }, "updateCreate of Patient"],
    [
      "no conditional create",
      {
        rest: [{ ...statement.rest[0], resource: [{ type: "Patient", conditionalUpdate: true }] }],
      },
      {},
      "conditionalCreate of Patient",
    ],
  ])("%s is a warning", async (_what, changes, settings, warning) => {
    const logged = await greeted({ ...statement, ...changes }, settings)
    expect(logged["destination-warns"]).toEqual({ warnings: [expect.stringContaining(warning)] })
  })

  test.each([
    ["a page of a proxy", "<html>Sign in</html>", 200],
    ["another resource", { resourceType: "Patient" }, 200],
    ["nothing there", "", 404],
  ])("%s: a warning, and no more", async (_what, body, status) => {
    const logged = await greeted(body, { status })
    expect(Object.keys(logged)).toEqual(["destination-warns"])
  })

  test("a channel that keeps it to itself is not complained about", async () => {
    expect(await greeted("", { status: 403 })).toEqual({})
  })

  test.each([
    ["a list of null", [null]],
    ["an object for a list", {}],
    ["a word for a list", "x"],
    ["resources that are none", [{ mode: "server", resource: [null, 1] }]],
  ])("nonsense in it is no error: %s", async (_what, rest) => {
    expect(await greeted({ ...statement, rest, format: {}, software: 1 })).toBeDefined()
  })

  test("one that can't be reached is one word in the log", async () => {
    expect(await greetAt("http://127.0.0.1:9/fhir")).toEqual({
      "destination-says-nothing": { reason: expect.stringContaining("http://127.0.0.1:9/fhir") },
    })
  })
})
