import { describe, expect, test } from "bun:test"
import { readdirSync, writeFileSync } from "node:fs"
import { join, resolve } from "node:path"
import { type Config, embeddedDefault, parseConfig, StartProblem } from "../src/config.ts"
import { readConfig } from "../src/config-file.ts"
import { destinations } from "../src/destination/index.ts"
import { sources } from "../src/source/index.ts"
import { temporaryFolder } from "./build.ts"

const examples = resolve(import.meta.dir, "../config")
const exampleNames = readdirSync(examples).filter((name) => name.endsWith(".toml"))

const tokensFile = join(temporaryFolder(), "tokens")
writeFileSync(tokensFile, "token-of-the-ward\n")

const parse = (input: unknown): Config => parseConfig(input, { sources, destinations }, examples)

/** What is wrong with a configuration, line by line; nothing when it holds. */
function problemsOf(input: unknown): readonly string[] {
  try {
    parse(input)
    return []
  } catch (error) {
    if (error instanceof StartProblem) return error.problems
    throw error
  }
}

const site = { id: "kisumu-01" }
const lab = { kind: "mllp", port: 2575 }
const central = { kind: "fhir", url: "http://127.0.0.1:9090/fhir" }
const whole = {
  ...{ site, source: { lab }, destination: { central } },
  route: [{ from: ["lab"], to: ["central"] }],
}

describe("a configuration that holds", () => {
  test("gets a default for everything that may be left out", () => {
    const config = parse(whole)
    expect(config.site).toEqual({ id: "kisumu-01", timezone: "UTC" })
    expect(config.admin).toEqual({ host: "127.0.0.1", port: 8575, sandbox: false })
    expect(config.source.lab).toMatchObject({ host: "0.0.0.0", frameMax: 50 * 1024 ** 2 })
    expect(config.destination.central).toMatchObject({ timeout: 30_000, concurrency: 8 })
    expect(config.route).toEqual([{ from: ["lab"], to: ["central"] }])
  })

  test("may be no more than a site", () => {
    expect(problemsOf({ site })).toEqual([])
  })

  test("is what run starts with when it is given none", () => {
    expect(problemsOf(embeddedDefault)).toEqual([])
  })

  test.each(exampleNames)("config/%s is one", async (name) => {
    // The secrets and certificates it names are on the box that it is an example for.
    const here = (key: string, value: unknown) => (key === "tokensFile" ? tokensFile : value)
    const example: unknown = await readConfig(join(examples, name))
    const missing = /^destination\.[\w.]+File: .* can't be read: there is no such file$/
    const problems = problemsOf(JSON.parse(JSON.stringify(example), here))
    expect(problems.filter((problem) => !missing.test(problem))).toEqual([])
  })

  test("may have listeners on one port of two addresses, and several on any free port", () => {
    const at = (host: string, port: number) => ({ ...lab, host, port })
    const source = { a: at("127.0.0.1", 2575), b: at("127.0.0.2", 2575), c: at("::", 0) }
    expect(problemsOf({ site, source: { ...source, d: at("::", 0) }, admin: { port: 0 } })).toEqual(
      [],
    )
  })
})

/** A configuration with one thing wrong, and what is said of it. */
const wrong: [string, unknown, string[]][] = [
  ["nothing at all", undefined, ["the configuration: is required"]],
  ["no site", {}, ["site: is required"]],
  ["a site without an id", { site: {} }, ["site.id: is required"]],
  ["a number for a name", { site: { id: 7 } }, ["site.id: must be text in quotes, not 7"]],
  [
    "an id with a space",
    { site: { id: "a b" } },
    ["site.id: must be lower-case letters, digits and dashes, at most 63"],
  ],
  [
    "a zone that is none",
    { site: { ...site, timezone: "EAT+3" } },
    ['site.timezone: must be a time zone of the IANA database, such as "Africa/Nairobi"'],
  ],
  ["a key it does not know", { site, sourze: {} }, ["sourze: is not a key this section has"]],
  [
    "a key its source does not know",
    { site, source: { lab: { ...lab, hots: "x" } } },
    ["source.lab.hots: is not a key this section has"],
  ],
  [
    "a port that is none",
    { site, source: { lab: { ...lab, port: 70_000 } } },
    ["source.lab.port: must be a port from 0 (any that is free) to 65535"],
  ],
  ["no port", { site, source: { lab: { kind: "mllp" } } }, ["source.lab.port: is required"]],
  [
    "a kind nobody has",
    { site, source: { lab: { kind: "fax" } } },
    ['source.lab.kind: must be one of "mllp", "http"'],
  ],
  ["no kind", { site, source: { lab: {} } }, ['source.lab.kind: must be one of "mllp", "http"']],
  [
    "a kind that every object has",
    { site, source: { lab: { kind: "constructor" } } },
    ['source.lab.kind: must be one of "mllp", "http"'],
  ],
  ["a source that is a text", { site, source: { lab: "mllp" } }, ["source.lab: must be a section"]],
  [
    "sources in a list",
    { site, source: [lab] },
    ["source: must be written [source.NAME], a section for each"],
  ],
  [
    "a route that is no list",
    { site, route: { from: ["lab"] } },
    ["route: must be written [[route]]"],
  ],
  [
    "a route to nowhere",
    { ...whole, route: [{ from: ["lab"], to: ["centre"] }] },
    ["route[0].to: no [destination.centre] stands in the configuration; there is central"],
  ],
  [
    "a route from nowhere",
    { site, destination: { central }, route: [{ from: ["lab"], to: ["central"] }] },
    ["route[0].from: no [source.lab] stands in the configuration; there is none"],
  ],
  [
    "a route that names its ends without a list",
    { ...whole, route: [{ from: "lab", to: ["central"] }] },
    ['route[0].from: must be a list of names, such as ["lab"]'],
  ],
  [
    "a type that is none",
    { ...whole, route: [{ ...whole.route[0], type: ["ORU_R01"] }] },
    ['route[0].type[0]: must be like "ORU^R01", or "ADT" for all'],
  ],
  [
    "two sources on one port",
    { site, source: { lab, ward: lab } },
    ["source.ward.port: 2575 is source.lab's already"],
  ],
  [
    "two sources of different kinds on one port",
    { site, source: { lab, ward: { kind: "http", port: 2575, tokensFile } } },
    ["source.ward.port: 2575 is source.lab's already"],
  ],
  [
    "an HTTP source without its tokens",
    { site, source: { lab: { kind: "http", port: 8580 } } },
    ["source.lab.tokensFile: is required"],
  ],
  [
    "a source on the admin address's port",
    { site, source: { lab: { ...lab, port: 8575 } } },
    ["source.lab.port: 8575 is admin's already"],
  ],
  [
    "a source on every address, on the port another has on one",
    { site, source: { lab: { ...lab, host: "127.0.0.1" }, ward: lab } },
    ["source.ward.port: 2575 is source.lab's already"],
  ],
  [
    "a source on one address, on the port another has on every one",
    { site, source: { lab, ward: { ...lab, host: "127.0.0.1" } } },
    ["source.ward.port: 2575 is source.lab's already"],
  ],
  [
    "a charset nobody knows",
    { site, source: { lab: { ...lab, charset: "EBCDIC" } } },
    [
      "source.lab.charset: must be a charset of HL7 table 0211 or a usual name, " +
        'such as "8859/1" or "windows-1252"',
    ],
  ],
]

describe("a configuration that does not hold", () => {
  test("is told everything that is wrong with it at once, each with its path", () => {
    const problems = problemsOf({
      site: { id: "Kisumu 01", timezone: "Africa/Kisumu", town: "Kisumu" },
      admin: { port: 8575, sandbox: "yes" },
      source: { lab: { kind: "mllp" }, ward: { kind: "fax" }, Ward2: lab },
      destination: { central: { kind: "fhir", url: "central", timeout: 30 } },
      route: [{ from: ["lab", "labs"], to: ["centre"], type: ["oru"] }],
      sauce: {},
    })
    const paths = problems.map((problem) => problem.split(": ")[0] ?? "")
    expect(paths.toSorted()).toEqual([
      "admin.sandbox",
      "destination.central.timeout",
      "destination.central.url",
      "route[0].from",
      "route[0].to",
      "route[0].type[0]",
      "sauce",
      "site.id",
      "site.timezone",
      "site.town",
      "source.Ward2",
      "source.lab.port",
      "source.ward.kind",
    ])
  })

  test.each(wrong)("has %s", (_name, input, problems) => {
    expect(problemsOf(input)).toEqual(problems)
  })

  test("is never told in the words of a program", () => {
    const values = [5, "x", true, [], {}, [5], null]
    const keys = (value: unknown) => ({ kind: value, host: value, port: value, allow: value })
    const inputs = values.flatMap((value) => [
      value,
      { site: value, admin: value, source: value, destination: value, route: value },
      { site, source: { lab: value }, destination: { central: value }, route: [value] },
      { site: { id: value, name: value, timezone: value }, admin: keys(value) },
      { site, source: { lab: { ...keys(value), kind: "mllp", frameMax: value, assigner: value } } },
      { site, source: { lab: { ...keys(value), kind: "http", tokensFile: value } } },
      {
        site,
        destination: { c: { kind: "fhir", url: value, timeout: value, concurrency: value } },
      },
      { site, destination: { c: { ...central, auth: value, tls: value, proxy: value } } },
      {
        site,
        destination: {
          b: { ...central, auth: { kind: "basic", username: value, passwordFile: value } },
          o: { ...central, auth: { kind: "client-credentials", clientAuth: value, scope: value } },
          s: { ...central, auth: { kind: "smart-backend", tokenUrl: value, keyFile: value } },
          t: { ...central, tls: { caFile: value, certFile: value, keyFile: value } },
        },
      },
      { site, route: [{ from: value, to: value, type: value }] },
    ])
    const said = inputs.flatMap(problemsOf)
    expect(said.length).toBeGreaterThan(100)
    const strange = said.filter((line) => /Invalid|Expected|undefined|Object|Array\b/.test(line))
    expect(strange).toEqual([])
  })
})
