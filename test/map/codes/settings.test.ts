import { describe, expect, test } from "bun:test"
import { mkdirSync, writeFileSync } from "node:fs"
import { join } from "node:path"
import { type Config, parseConfig, StartProblem } from "../../../src/config.ts"
import { sources } from "../../../src/source/index.ts"
import { temporaryFolder } from "../../build.ts"

const lab = { kind: "mllp", port: 0 }
const base = { site: { id: "kisumu-01" }, source: { lab, poc: lab } }
const glucose = { code: "GLU", targetSystem: "LN", targetCode: "2345-7" }

function parse(codeMap: unknown, folder = "."): Config {
  return parseConfig({ ...base, codeMap }, { sources, destinations: {} }, folder)
}

function problemsOf(codeMap: unknown, folder = "."): readonly string[] {
  try {
    parse(codeMap, folder)
    return []
  } catch (error) {
    if (error instanceof StartProblem) return error.problems
    throw error
  }
}

/** A folder with this file of codes in it. */
function folderWith(csv: string): string {
  const folder = temporaryFolder()
  mkdirSync(join(folder, "codes"))
  writeFileSync(join(folder, "codes/tests.csv"), csv)
  return folder
}

const tests = { file: "codes/tests.csv", field: ["OBX-3"] }

describe("a code map in the configuration", () => {
  test("has a file, whose path is relative to the configuration's own folder", () => {
    const folder = folderWith("code,targetSystem,targetCode\nGLU,LN,2345-7\n")
    const { codeMap } = parse({ tests }, folder)
    expect(codeMap.tests).toMatchObject({ field: ["OBX-3"], onUnknown: "pass" })
    expect(codeMap.tests?.row).toMatchObject([{ code: "GLU", targetSystem: "http://loinc.org" }])
  })

  test("is a part of it with all its rows: a changed file is a changed configuration", () => {
    const before = parse({ tests }, folderWith("code,targetSystem,targetCode\nGLU,LN,2345-7\n"))
    const after = parse({ tests }, folderWith("code,targetSystem,targetCode\nGLU,LN,2339-0\n"))
    expect(JSON.stringify(before)).not.toBe(JSON.stringify(after))
  })

  test("may have its rows beside it, or none yet", () => {
    const { codeMap } = parse({ tests: { field: ["OBX-3"], row: [glucose] } })
    expect(codeMap.tests?.row).toMatchObject([{ code: "GLU", targetCode: "2345-7", source: "" }])
    expect(problemsOf({ tests: { field: ["OBX-3"] } })).toEqual([])
  })

  test.each<[string, unknown, string]>([
    ["no field", {}, "codeMap.tests.field: is required"],
    ["an empty list of fields", { field: [] }, "codeMap.tests.field: must name at least one"],
    ["a field without codes", { field: ["OBX-14"] }, "codeMap.tests.field[0]: must be one of the"],
    [
      "a source there is not",
      { field: ["OBX-3"], from: ["ward"] },
      "codeMap.tests.from[0]: must be",
    ],
    [
      "no word for unknown codes",
      { field: ["OBX-3"], onUnknown: "drop" },
      "codeMap.tests.onUnknown",
    ],
    [
      "a row without a target",
      { field: ["OBX-3"], row: [{ code: "A" }] },
      "codeMap.tests.row[0].t",
    ],
    [
      "a row of another field",
      { field: ["OBX-3"], row: [{ ...glucose, field: "OBR-4" }] },
      "codeMap.tests.row: code GLU: field OBR-4 is not among this code map's: OBX-3",
    ],
    [
      "a row of another source",
      { field: ["OBX-3"], from: ["lab"], row: [{ ...glucose, source: "poc" }] },
      "codeMap.tests.row: code GLU: source poc is not among this code map's: lab",
    ],
    [
      "a row twice",
      { field: ["OBX-3"], row: [glucose, glucose] },
      "codeMap.tests.row: code GLU stands there twice",
    ],
  ])("with %s is a problem", (_what, section, problem) => {
    expect(problemsOf({ tests: section })[0]).toStartWith(problem)
  })
})

describe("a code map", () => {
  test("whose file has bad lines lists them all, and what else is wrong", () => {
    const folder = folderWith("code,field,targetSystem,targetCode\nA,,LN,1\nB,OBR-4,LN,718-7\n")
    const problems = problemsOf({ tests, "Two!": { field: ["OBX-5"] } }, folder)
    expect(problems).toContainEqual(
      expect.stringContaining(
        "codeMap.tests.file: codes/tests.csv:2: targetCode: is no LOINC code",
      ),
    )
    expect(problems).toContainEqual(
      expect.stringContaining("codeMap.tests.file: codes/tests.csv:3: code B: field OBR-4 is not"),
    )
    expect(problems).toContainEqual(expect.stringContaining("codeMap.Two!: a name must be"))
  })

  test("whose file has thousands of bad lines names the first hundred", () => {
    const lines = Array.from({ length: 3_000 }, (_, index) => `C${index},LN,1`)
    const folder = folderWith(["code,targetSystem,targetCode", ...lines].join("\n"))
    const problems = problemsOf({ tests }, folder)
    expect(problems).toHaveLength(101)
    expect(problems.at(-1)).toBe("codeMap.tests.file: and 2900 more")
  })

  test("whose file is not there names it", () => {
    const folder = temporaryFolder()
    const path = join(folder, "codes", "tests.csv")
    expect(problemsOf({ tests }, folder)).toEqual([
      `codeMap.tests.file: codes/tests.csv: can't be read: there is no ${path}`,
    ])
  })

  test("has either a file or rows", () => {
    const folder = folderWith("code,targetSystem,targetCode\n")
    const both = { ...tests, row: [glucose] }
    expect(problemsOf({ tests: both }, folder)).toEqual([
      "codeMap.tests.row: stands beside a file: write one of them",
    ])
  })

  test("shares no field of a source with another", () => {
    const section = (from?: string[]) => ({ field: ["OBX-3"], from })
    expect(problemsOf({ a: section(["lab"]), b: section(["poc"]) })).toEqual([])
    expect(problemsOf({ a: section(["lab"]), b: section() })).toEqual([
      "codeMap.b.field: OBX-3 is codeMap.a's already",
    ])
  })

  test("is not called unmapped, which is the name of the list", () => {
    expect(problemsOf({ unmapped: { field: ["OBX-3"] } })).toEqual([
      expect.stringContaining("codeMap.unmapped: this is what the list"),
    ])
  })
})
