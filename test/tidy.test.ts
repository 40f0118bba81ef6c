import { describe, expect, test } from "bun:test"
import { type File, projectFiles } from "./tidy/file.ts"
import { forbiddenImports, importsWithoutExtension } from "./tidy/imports.ts"
import { badFileNames, emptyNames, misplaced } from "./tidy/names.ts"
import { localNames, oversized, sqlOutsideTheStore, testsLeftOut, unfinished } from "./tidy/text.ts"

const files = projectFiles()

type Rule = (files: readonly File[]) => string[]

/** How many breaches the rule finds in one file of this content. */
function findings(rule: Rule, path: string, text: string): number {
  return rule([{ path, text }]).length
}

describe("this project", () => {
  const rules: [string, Rule][] = [
    ["nobody imports what the tree keeps apart", forbiddenImports],
    ["every relative import names the file with its extension", importsWithoutExtension],
    ["files stay within 250 lines and lines within 100 characters", oversized],
    ["every SQL statement lives in the store", sqlOutsideTheStore],
    ["nothing is marked as undone", unfinished],
    ["no test is left out without a reason", testsLeftOut],
    ["nothing names somebody's machine", localNames],
    ["every file and folder has its place in the tree", misplaced],
    ["files and folders are named for what is in them", badFileNames],
    ["no type or function has an empty name", emptyNames],
  ]
  test.each(rules)("%s", (_sentence, rule) => {
    expect(rule(files)).toEqual([])
  })

  test("is more than a handful of files, so that these rules have something to look at", () => {
    expect(files.filter(({ path }) => path.startsWith("src/")).length).toBeGreaterThan(20)
  })
})

describe("the rule of who may import whom", () => {
  test.each([
    ["src/message.ts", 'import { timeout } from "./units.ts"'],
    ["src/message.ts", 'import type { Store } from "./store/index.ts"'],
    ["src/receive.ts", 'import { openStore } from "./store/index.ts"'],
    ["src/deliver.ts", 'import { fhir } from "./destination/fhir/index.ts"'],
    ["src/deliver.ts", 'import type { Store, Counts } from "./store/index.ts"'],
    ["src/route.ts", 'import { parse } from "./hl7/message.ts"'],
    ["src/source/mllp/index.ts", 'import { maps } from "../../map/index.ts"'],
    ["src/source/mllp/index.ts", 'import {\n  a,\n  b,\n} from "../../store/index.ts"'],
    ["src/map/oru.ts", 'export { fhir } from "../destination/index.ts"'],
    ["src/map/oru.ts", 'const store = await import("../store/index.ts")'],
    ["src/map/oru.ts", 'import "../log.ts"'],
    ["src/admin/index.ts", 'import type { Store } from "../store/journal.ts".'],
    ["src/hl7/message.ts", 'import type { Patient } from "../fhir/types.ts"'],
    ["src/fhir/ids.ts", 'import { oru } from "../map/oru.ts"'],
    ["src/gateway.ts", 'import { openJournal } from "./store/journal.ts"'],
    ["src/cli/run.ts", 'import { mllp } from "../source/mllp/index.ts"'],
    ["src/log.ts", 'import { openStore } from "./store/index.ts"'],
    ["src/main.ts", 'import { openStore } from "./store/index.ts"'],
    ["src/config.ts", 'import { parse } from "./hl7/message.ts"'],
    ["src/gateway.ts", 'import { run } from "./cli/run.ts"'],
    ["src/cli/send.ts", 'import { build } from "../../scripts/build.ts"'],
  ])("%s may not: %s", (path, text) => {
    expect(findings(forbiddenImports, path, text)).toBe(1)
  })

  test.each([
    ["src/message.ts", 'import type { Bundle } from "fhir/r4"'],
    [
      "src/deliver.ts",
      'import type { Delivery } from "./message.ts"\nimport { a } from "./retry.ts"',
    ],
    ["src/deliver.ts", 'import type { Store } from "./store/index.ts"'],
    ["src/admin/status.ts", 'import type { Store } from "../store/index.ts"'],
    ["src/source/mllp/index.ts", 'import { parse } from "../../hl7/message.ts"'],
    ["src/source/mllp/index.ts", 'import { timeout } from "../../units.ts"'],
    ["src/source/index.ts", 'import { mllp } from "./mllp/index.ts"'],
    ["src/hl7/path.ts", 'import { parse } from "./message.ts"\nimport * as v from "valibot"'],
    ["src/gateway.ts", 'import { openStore } from "./store/index.ts"'],
    ["src/config.ts", 'import { sources } from "./source/index.ts"'],
    ["src/cli/convert.ts", 'import { parse } from "../hl7/message.ts"'],
    ["src/version.ts", 'import json from "../package.json" with { type: "json" }'],
    ["src/carrier/here.ts", 'import { preflight } from "../fhir/preflight.ts"'],
    ["src/main.ts", 'import { run } from "./cli/run.ts"'],
    ["test/store/index.test.ts", 'import { openJournal } from "../../src/store/journal.ts"'],
  ])("%s may: %s", (path, text) => {
    expect(forbiddenImports([{ path, text }])).toEqual([])
  })
})

describe("each other rule finds what is planted", () => {
  const long = "x".repeat(101)
  test.each<[string, Rule, string, string]>([
    ["a bare import", importsWithoutExtension, "src/a.ts", 'import { b } from "./b"'],
    ["a file of 251 lines", oversized, "src/a.ts", "a\n".repeat(251)],
    ["a line of 101 characters", oversized, "src/a.ts", `const a = "${long}"`],
    ["SQL in a map", sqlOutsideTheStore, "src/map/a.ts", 'db.query("select * from journal")'],
    ["SQL over lines", sqlOutsideTheStore, "src/admin/a.ts", "run(`\n  INSERT INTO a VALUES (1)`)"],
    ["a database", sqlOutsideTheStore, "src/log.ts", 'import { Database } from "bun:sqlite"'],
    ["a migration", sqlOutsideTheStore, "src/admin/001.sql", "-- nothing"],
    ["an undone mark", unfinished, "src/a.ts", `// ${"TO"}${"DO"}: later`],
    ["a test left out", testsLeftOut, "test/a.test.ts", `  test.${"skip"}("a", () => {})`],
    ["a lone test", testsLeftOut, "test/a.test.ts", `// Why.\ntest.${"only"}("a", () => {})`],
    ["a home folder", localNames, "scripts/a.ts", `const a = "/${"home"}/jo/a"`],
    ["a registry", localNames, "package-lock.json", `"https://registry.${"example"}.org/a"`],
    ["a stray file", misplaced, "notes.md", ""],
    ["a stray folder", misplaced, "src/core/a.ts", ""],
    ["a stray test folder", misplaced, "test/unit/a.test.ts", ""],
    ["an empty file name", badFileNames, "src/store/sql-helpers.ts", ""],
    ["a folder of utilities", badFileNames, "src/utils/a.ts", ""],
    ["a camel", badFileNames, "src/map/segmentMap.ts", ""],
    ["an empty type name", emptyNames, "src/a.ts", `class Journal${"Impl"} {}`],
    ["a base class", emptyNames, "src/a.ts", `abstract class ${"Base"}Source {}`],
  ])("%s", (_planted, rule, path, text) => {
    expect(findings(rule, path, text)).toBe(1)
  })

  test("generated tables, unbreakable lines and reasons given are let through", () => {
    const generated = `// Generated by scripts/vocabulary.ts\n${"a\n".repeat(300)}`
    expect(findings(oversized, "src/map/vocabulary/a.ts", generated)).toBe(0)
    const url = `// https://example.org/${"a".repeat(90)}`
    expect(findings(oversized, "src/a.ts", url)).toBe(0)
    const reasoned = `// There is no systemd here.\ntest.${"skip"}("a", () => {})`
    expect(findings(testsLeftOut, "test/a.test.ts", reasoned)).toBe(0)
    expect(findings(sqlOutsideTheStore, "src/admin/a.ts", 'c.req.query("select")')).toBe(0)
  })
})
