import { describe, expect, test } from "bun:test"
import { adminsOfThisFile, ask, authorization } from "./admins.ts"

const { open } = adminsOfThisFile()

const met = {
  ...{ codeMap: "lab-tests", source: "lab", field: "OBX-3", system: "L", code: "GLU" },
  ...{ display: "Glucose", count: 3, firstAt: 0, lastAt: 60_000, messageId: 7 },
}

/** The address of a box with two code maps, and a code that one of them lacks. */
async function box(): Promise<string> {
  const store = {
    unmapped: async () => [met, { ...met, codeMap: "units", code: "MG%" }],
  }
  const codeMaps = {
    list: {
      "lab-tests": { field: ["OBX-3"], codes: 1 },
      units: { field: ["OBX-6"], codes: 2 },
    },
    csv: (name: string) => (name === "units" ? "code\r\nMG%\r\n" : undefined),
    unmappedCsv: (listed: readonly { code: string }[]) =>
      ["code", ...listed.map(({ code }) => code)].join("\r\n"),
  }
  return `${await open({}, { store, codeMaps })}/api/v1/code-maps`
}

const get = (url: string, accept?: string) =>
  ask(url, { headers: { ...authorization.headers, ...(accept && { accept }) } })

describe("code maps over the API", () => {
  test("are listed with their fields and how many codes they have", async () => {
    const { body } = await get(await box())
    expect(JSON.parse(body).codeMaps.units).toEqual({ field: ["OBX-6"], codes: 2 })
  })

  test("are given as CSV by their name", async () => {
    const { status, body, headers } = await get(`${await box()}/units`)
    expect([status, body]).toEqual([200, "code\r\nMG%\r\n"])
    expect(headers.get("content-type")).toBe("text/csv; charset=utf-8")
    expect(headers.get("content-disposition")).toBe('attachment; filename="units.csv"')
  })

  test("that there are not say where to look", async () => {
    const address = await box()
    for (const path of ["/constructor", "/unmapped?codeMap=ward"]) {
      const { status, body } = await get(`${address}${path}`)
      expect([status, body]).toEqual([404, expect.stringContaining("/api/v1/code-maps lists them")])
    }
  })

  test("ask for the token", async () => {
    expect((await ask(`${await box()}/unmapped`)).status).toBe(401)
  })
})

describe("unmapped codes over the API", () => {
  test("are listed with how often they were met, when, and in which message last", async () => {
    const { unmapped } = JSON.parse((await get(`${await box()}/unmapped?codeMap=lab-tests`)).body)
    expect(unmapped).toEqual([
      {
        ...{ codeMap: "lab-tests", source: "lab", field: "OBX-3", system: "L", code: "GLU" },
        ...{ display: "Glucose", count: 3, message: 7 },
        ...{ firstSeen: "1970-01-01T00:00:00.000Z", lastSeen: "1970-01-01T00:01:00.000Z" },
      },
    ])
  })

  test.each([
    ["?format=csv", undefined],
    ["", "text/csv"],
    ["?format=csv", "application/json"],
  ])("are CSV for a spreadsheet where %p and Accept %p say so", async (query, accept) => {
    const { body, headers } = await get(`${await box()}/unmapped${query}`, accept)
    expect(headers.get("content-disposition")).toBe('attachment; filename="unmapped.csv"')
    expect(body).toBe("code\r\nGLU\r\nMG%")
  })

  test("in another format are refused with the two there are", async () => {
    const { status, body } = await get(`${await box()}/unmapped?format=xml`)
    expect([status, body]).toEqual([400, expect.stringContaining("format must be csv or json")])
  })
})
