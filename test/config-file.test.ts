import { describe, expect, test } from "bun:test"
import { writeFileSync } from "node:fs"
import { join } from "node:path"
import { parseConfig, StartProblem } from "../src/config.ts"
import { readConfig } from "../src/config-file.ts"
import { temporaryFolder } from "./build.ts"

/** What is wrong with the configuration in a file, line by line. */
async function problemsOf(path: string): Promise<readonly string[]> {
  try {
    parseConfig(await readConfig(path), { sources: {}, destinations: {} })
    return []
  } catch (error) {
    if (error instanceof StartProblem) return error.problems
    throw error
  }
}

describe("a configuration file", () => {
  /** The one problem of a file with this text. */
  async function problemWith(text: string | Buffer): Promise<string> {
    const path = join(temporaryFolder(), "waystation.toml")
    writeFileSync(path, text)
    const [problem = "", ...more] = await problemsOf(path)
    expect(more).toEqual([])
    return problem.replace(path, "FILE")
  }

  test("that is not there is a problem that names it", async () => {
    const path = join(temporaryFolder(), "gone.toml")
    expect(await problemsOf(path)).toEqual([expect.stringContaining(`${path}: can't be read`)])
  })

  test("that is a folder is a problem that names it", async () => {
    const path = temporaryFolder()
    expect(await problemsOf(path)).toEqual([`${path}: can't be read: it is a folder`])
  })

  test.each<[string, Buffer]>([
    ["as Notepad's Unicode", Buffer.from('\ufeff[site]\nid = "a"\n', "utf16le")],
    ["as that the other way round", Buffer.from('\ufeff[site]\nid = "a"\n', "utf16le").swap16()],
    ["as that without a mark", Buffer.from('[site]\nid = "a"\n', "utf16le")],
    ["as Notepad's ANSI", Buffer.from('[site]\nid = "a"\nname = "Gen\xe8ve"\n', "latin1")],
  ])("saved %s is a problem that says how to save it", async (_how, bytes) => {
    const says = "FILE: is not in UTF-8: save it so (in Notepad: Save as, Encoding: UTF-8)"
    expect(await problemWith(bytes)).toBe(says)
  })

  test.each([
    ["a key without a value", '[site]\nid = \nname = "x"\n', "FILE:2: Missing value"],
    ["a key twice", '[site]\nid = "a"\n\nid = "b"\n', "FILE:4: Cannot redefine key 'id'"],
    ["a section that is not closed", '[site]\nid = "a"\n[source.lab\n', "FILE:3: "],
    ["a list that is not closed", 'x = [\n"a",\n"b"\n\n[site]\n', "FILE:1: "],
    ["a mistake on its first line", "site\n", "FILE:1: "],
  ])("with %s is a problem that names the line", async (_name, text, problem) => {
    expect(await problemWith(text)).toStartWith(problem)
  })

  test("may end its lines as Windows does, and begin with a byte order mark", async () => {
    expect(await problemWith('\ufeff[site]\r\nid = "a b"\r\n')).toStartWith("site.id: ")
  })
})
