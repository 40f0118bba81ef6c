import { describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import type { Bundle, Observation, Provenance } from "fhir/r4"
import { frame } from "../../src/hl7/frame.ts"
import { hl7, oru, temporaryFolder } from "../build.ts"
import { command, root, waystation } from "./waystation.ts"

const first = oru({ controlId: "1", patient: "P-1" })
const second = oru({ controlId: "2", patient: "P-2" })
const noId = oru({ controlId: "" })
const noMap = hl7("MSH|^~\\&|A|B|||2026||XYZ^Z01|1|P|2.5")

/** A folder with these files in it. */
function folderOf(files: Record<string, Uint8Array | string>): string {
  const folder = temporaryFolder()
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content)
  return folder
}

function convert(args: readonly string[], files: Record<string, Uint8Array | string> = {}) {
  return waystation(["convert", ...args], { cwd: folderOf(files) })
}

interface Line {
  file: string
  bundle?: Bundle
  problem?: string
}

const linesOf = (stdout: string): Line[] =>
  stdout.split("\n").flatMap((line) => (line === "" ? [] : [JSON.parse(line)]))

/** The control id a bundle came from, which its Provenance carries. */
function controlIdOf(bundle: Bundle | undefined): string | undefined {
  const resources = bundle?.entry?.map(({ resource }) => resource) ?? []
  const provenance = resources.find((one): one is Provenance => one?.resourceType === "Provenance")
  return provenance?.entity?.[0]?.what.identifier?.value
}

describe("convert", () => {
  test("prints the Bundle of one file, and nothing else, and exits 0", async () => {
    const { code, stdout, stderr } = await convert(["a.hl7"], { "a.hl7": first })
    expect([code, stderr]).toEqual([0, ""])
    const bundle: Bundle = JSON.parse(stdout)
    expect(bundle).toMatchObject({ resourceType: "Bundle", type: "transaction" })
    expect(controlIdOf(bundle)).toBe("1")
  })

  test("with --explain says of each field where it went, and prints no Bundle", async () => {
    const { code, stdout } = await convert(["--explain", "a.hl7"], { "a.hl7": first })
    expect(code).toBe(0)
    expect(stdout).toMatch(/^a\.hl7\n/)
    expect(stdout).toMatch(/^ {2}PID-3 +Patient\.identifier$/m)
    expect(stdout).toMatch(/^ {2}PID-1 +left out: it numbers/m)
    expect(stdout).toMatch(/^ {2}\d+ fields: \d+ mapped, \d+ left out\n$/m)
    expect(stdout).not.toContain("resourceType")
  })

  test("with --explain and --ndjson gives the same to a program", async () => {
    const { code, stdout } = await convert(["--explain", "--ndjson", "a.hl7", "b.hl7"], {
      "a.hl7": first,
      "b.hl7": noMap,
    })
    const [explained, problem] = stdout
      .trim()
      .split("\n")
      .map((line) => JSON.parse(line))
    expect(code).toBe(2)
    expect(explained.explained).toContainEqual({ field: "PID-3", to: ["Patient.identifier"] })
    expect(problem).toEqual({
      file: "b.hl7",
      problem: "no map for XYZ^Z01, and no PID segment in it",
    })
  })

  test("takes - for standard input", async () => {
    const { code, stdout } = await waystation(["convert", "--ndjson", "-"], { stdin: first })
    expect(code).toBe(0)
    expect(linesOf(stdout).map(({ file, bundle }) => [file, controlIdOf(bundle)])).toEqual([
      ["-", "1"],
    ])
  })

  test("with --ndjson gives a line a message, the file named as it was given", async () => {
    const files = { "a.hl7": Buffer.concat([first, second]), "b.hl7": oru({ controlId: "3" }) }
    const { code, stdout } = await convert(["--ndjson", "./a.hl7", "b.hl7"], files)
    expect(code).toBe(0)
    expect(linesOf(stdout).map(({ file, bundle }) => [file, controlIdOf(bundle)])).toEqual([
      ["./a.hl7", "1"],
      ["./a.hl7", "2"],
      ["b.hl7", "3"],
    ])
  })

  test.each([
    ["a byte order mark", Buffer.concat([Buffer.from("\ufeff"), first])],
    ["a VT that no FS ends", Buffer.concat([Buffer.from([0x0b]), first])],
    ["white space", Buffer.concat([Buffer.from(" \r\n\t"), first])],
    ["an MLLP frame around it", frame(first)],
    ["line feeds for its segments' ends", first.toString().replaceAll("\r", "\n")],
  ])("reads a message with %s as it reads the message alone", async (_name, bytes) => {
    const files = { "a.hl7": bytes, "b.hl7": first }
    const { code, stdout } = await convert(["--ndjson", "a.hl7", "b.hl7"], files)
    const [one, other] = linesOf(stdout)
    const resources = (line: Line | undefined) =>
      line?.bundle?.entry?.map(({ resource }) => resource?.resourceType)
    expect([code, controlIdOf(one?.bundle)]).toEqual([0, "1"])
    expect(resources(one)).toEqual(resources(other))
  })

  test("takes every message out of a file of frames", async () => {
    const framed = Buffer.concat([frame(first), Buffer.from("\n"), frame(second)])
    const { stdout } = await convert(["--ndjson", "a.hl7"], { "a.hl7": framed })
    expect(linesOf(stdout).map(({ bundle }) => controlIdOf(bundle))).toEqual(["1", "2"])
  })

  test.each(["--ndjson a.hl7", "a.hl7"])(
    "only warns, on stderr, where MSH-10 is missing: convert %s",
    async (args) => {
      const { code, stdout, stderr } = await convert(args.split(" "), { "a.hl7": noId })
      expect([code, stderr]).toEqual([0, "a.hl7: MSH-10 gives no control id\n"])
      expect(stdout).toContain('"Observation"')
    },
  )
})

test("convert whose output nobody reads to its end leaves without a word", async () => {
  const many = Buffer.concat(Array.from({ length: 300 }, (_, at) => oru({ controlId: `${at}` })))
  const cwd = folderOf({ "a.hl7": many })
  const convertToHead = `${command.join(" ")} convert --ndjson a.hl7 | head -c 1`
  const { stdout, stderr } = Bun.spawnSync(["sh", "-c", convertToHead], { cwd })
  expect([`${stdout}`, `${stderr}`]).toEqual(["{", ""])
})

describe("convert of what it can't", () => {
  test("gives a problem for each, goes on, and exits 2", async () => {
    const files = { "a.hl7": first, "b.txt": "hello", "c.hl7": noMap, "empty.hl7": "" }
    const args = ["--ndjson", "gone.hl7", "a.hl7", "b.txt", "c.hl7", "empty.hl7", "."]
    const { code, stdout } = await convert(args, files)
    expect(code).toBe(2)
    const problems = linesOf(stdout).map(({ file, problem }) => [file, problem])
    expect(problems).toEqual([
      [
        "gone.hl7",
        "can't be read: there is no such file; " +
          "name files with HL7 v2 messages in them, or - for standard input",
      ],
      ["a.hl7", undefined],
      ["b.txt", "there is no MSH segment at the start"],
      ["c.hl7", expect.stringContaining("no map for XYZ^Z01")],
      ["empty.hl7", "there is no MSH segment at the start"],
      [".", expect.stringContaining("can't be read: it is a folder; name")],
    ])
  })

  test("without --ndjson names the file and the problem on stderr", async () => {
    const { code, stdout, stderr } = await convert(["gone.hl7", "a.hl7"], { "a.hl7": first })
    expect(code).toBe(2)
    expect(stderr).toStartWith("gone.hl7: can't be read: ")
    expect(JSON.parse(stdout)).toMatchObject({ resourceType: "Bundle" })
  })
})

describe("convert under a configuration", () => {
  test("uses the site and the source it is told", async () => {
    const config = [
      '[site]\nid = "kisumu-01"\ntimezone = "Africa/Nairobi"',
      '[source.ward]\nkind = "mllp"\nport = 0',
      '[source.lab]\nkind = "mllp"\nport = 0\ntimezone = "UTC"',
    ].join("\n")
    const files = { "a.hl7": first, "w.toml": config }
    const ward = await convert(["--config", "w.toml", "a.hl7"], files)
    expect(ward.stdout).toContain("urn:waystation:kisumu-01")
    expect(ward.stdout).toContain("2026-04-15T11:30:00+03:00")
    const lab = await convert(["--config", "w.toml", "--source", "lab", "a.hl7"], files)
    expect(lab.stdout).toMatch(/2026-04-15T11:30:00(?:Z|\+00:00)/)
    const none = await convert(["--config", "w.toml", "--source", "labs", "a.hl7"], files)
    expect([none.code, none.stdout]).toEqual([1, ""])
    expect(none.stderr).toContain("--source labs: the configuration has ward, lab")
  })

  test("that does not hold converts nothing and exits 1", async () => {
    const files = { "a.hl7": first, "w.toml": "[site]\n" }
    const { code, stdout, stderr } = await convert(["--config", "w.toml", "a.hl7"], files)
    expect([code, stdout, stderr]).toEqual([1, "", "site.id: is required\n"])
  })
})

test("convert says of a Bundle that would be held what is wrong with it, and where", async () => {
  // None of our maps makes one: so one that does is planted before the command starts.
  const planted = `import { maps } from "${join(root, "src/map/index.ts")}"
    const resource = { resourceType: "Patient", gender: "woman" }
    const entry = [{ resource, request: { method: "POST", url: "Patient" } }]
    const bundle = { resourceType: "Bundle", type: "transaction", entry }
    maps.unshift({ types: ["XYZ^Z01"], map: () => ({ bundle, notes: [], told: [] }) })`
  const cwd = folderOf({ "planted.ts": planted, "a.hl7": noMap })
  const convert = ["--preload", "./planted.ts", join(root, "src/main.ts"), "convert"]
  const problem =
    "would be held, not sent: Patient.gender has a code that is not of those R4 requires " +
    "(Bundle.entry[0].resource.gender); " +
    "Patient.identifier is required (Bundle.entry[0].resource.identifier)"
  for (const [args, stdout, stderr] of [
    [["--ndjson", "a.hl7"], `${JSON.stringify({ file: "a.hl7", problem })}\n`, ""],
    [["a.hl7"], "", `a.hl7: ${problem}\n`],
  ] as const) {
    const run = Bun.spawnSync([process.execPath, ...convert, ...args], { cwd })
    expect([run.exitCode, `${run.stdout}`, `${run.stderr}`]).toEqual([2, stdout, stderr])
  }
})

describe("convert with a code map", () => {
  const toml = [
    '[site]\nid = "a"\n[source.lab]\nkind = "mllp"\nport = 0\n',
    '[codeMap.tests]\nfield = ["OBX-3"]\nfile = "codes.csv"\n',
  ].join("")
  const csv = "code,targetSystem,targetCode\nGLU,LN,2345-7\n"
  const local = oru().toString().replaceAll("718-7^Haemoglobin^LN", "GLU^Glucose^L")
  const other = local.replaceAll("GLU^Glucose", "CRP^C-reactive protein")

  test("puts the standard code first, and names each code without one on stderr", async () => {
    // The file of codes stands beside the configuration, not where the command is given.
    const config = join(folderOf({ "a.toml": toml, "codes.csv": csv }), "a.toml")
    const args = ["--config", config, "--ndjson", "a.hl7", "b.hl7"]
    const { code, stdout, stderr } = await convert(args, { "a.hl7": local, "b.hl7": other })
    expect(code).toBe(0)
    const codes = linesOf(stdout).map(({ bundle }) =>
      bundle?.entry?.flatMap(({ resource }) =>
        resource?.resourceType === "Observation"
          ? (resource as Observation).code.coding?.map(({ code }) => code)
          : [],
      ),
    )
    expect(codes).toEqual([["2345-7", "GLU"], ["CRP"]])
    expect(stderr).toContain("b.hl7: OBX-3 CRP (C-reactive protein) is not in code map tests\n")
    expect(stderr).not.toContain("a.hl7: OBX-3")
  })

  test("gives a problem where an unknown code is to be held", async () => {
    const files = { "a.toml": `${toml}onUnknown = "hold"\n`, "codes.csv": csv, "b.hl7": other }
    const { code, stdout } = await convert(["--config", "a.toml", "--ndjson", "b.hl7"], files)
    expect(code).toBe(2)
    expect(linesOf(stdout)[0]?.problem).toBe('code "CRP" of OBX-3 has no place in code map tests')
  })
})
