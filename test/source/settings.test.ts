import { describe, expect, test } from "bun:test"
import { parseConfig, type StartProblem } from "../../src/config.ts"
import { destinations } from "../../src/destination/index.ts"
import { sources } from "../../src/source/index.ts"

const kinds = { sources, destinations }

/** What is wrong with a source of these settings. */
function problems(settings: object): string[] {
  const lab = { kind: "mllp", port: 2575, ...settings }
  const site = { id: "test", timezone: "Africa/Nairobi" }
  try {
    parseConfig({ site, source: { lab } }, kinds)
    return []
  } catch (error) {
    return (error as StartProblem).problems as string[]
  }
}

describe("a source's settings for what it takes in", () => {
  const frameMax = "source.lab.frameMax: must not be more than 512MiB: it is held in memory"
  const keepAlive = "source.lab.keepAlive: must not be longer than 9h"

  test.each<[object, string[]]>([
    [{ frameMax: "512MiB" }, []],
    [{ frameMax: "513MiB" }, [frameMax]],
    [{ frameMax: "3GiB" }, [frameMax]],
    [{ keepAlive: "9h" }, []],
    [{ keepAlive: "12h" }, [keepAlive]],
    [{ keepAlive: "500ms" }, ["source.lab.keepAlive: must be at least 1s"]],
  ])("%j is what the system can do, or is told what is", (settings, said) => {
    expect(problems(settings)).toEqual(said)
  })

  test("are the same over HTTP, as far as it has them", () => {
    const http = { kind: "http", frameMax: "3GiB", allow: ["10.0.0.0/33"] }
    expect(problems(http).toSorted()).toEqual([
      'source.lab.allow[0]: must be an address or a network: "10.0.0.0/8"',
      frameMax,
      "source.lab.tokensFile: is required",
    ])
  })
})

describe("a source's settings for its replies", () => {
  test.each([
    ["nothing", {}],
    ["a mode", { ack: { mode: "original" } }],
    ["the only time there is", { ack: { mode: "enhanced", when: "stored", batch: "single" } }],
    ["what it minds", { type: ["ORU^R01", "ADT"], processing: ["P"], version: ["2.3.1", "2.5"] }],
  ])("may say %s", (_name, settings) => {
    expect(problems(settings)).toEqual([])
  })

  test.each<[object, string]>([
    [{ ack: { mode: "fast" } }, 'source.lab.ack.mode: must be "auto", "original" or "enhanced"'],
    [
      { ack: { when: "received" } },
      'source.lab.ack.when: must be "stored": nothing is answered earlier',
    ],
    [{ ack: { batch: "none" } }, 'source.lab.ack.batch: must be "wrapped" or "single"'],
    [{ type: ["oru"] }, 'source.lab.type[0]: must be like "ORU^R01", or "ADT" for all'],
    [{ type: [] }, "source.lab.type: must not be empty"],
    [{ processing: "P" }, 'source.lab.processing: must be a list of processing ids, such as ["P"]'],
    [{ processing: ["X"] }, 'source.lab.processing[0]: must be "P", "T" or "D" (HL7 table 0103)'],
    [{ version: ["3"] }, 'source.lab.version[0]: must be a version in quotes, such as "2.5.1"'],
  ])("%j is told what is right", (settings, problem) => {
    expect(problems(settings)).toEqual([problem])
  })
})
