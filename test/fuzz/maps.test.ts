import { describe, expect, test } from "bun:test"
import { preflight } from "../../src/fhir/preflight.ts"
import { mapMessage, maps, ownedResources } from "../../src/map/index.ts"
import type { Mapped } from "../../src/mapping.ts"
import { goldens } from "../golden.ts"
import { context, message } from "../map/build.ts"
import { invalid } from "../validate.ts"
import { type Chance, chanceFrom, pick, seed } from "./chance.ts"

const rounds = 150
/** What the slowest of these messages may take on a machine that has much else to do. */
const patienceMs = 20_000
/** And how much memory: 50,000 results, the most that are mapped, take 0.55 GB. */
const memoryBytes = 1e9

const samples = (await goldens()).map(({ about }) =>
  about.split("\n").filter((line) => line !== "" && !line.startsWith("#")),
)

describe(`a map, whatever it is given (WAYSTATION_SEED=${seed})`, () => {
  test(
    "makes a Bundle that is valid FHIR R4, or says what the problem is",
    () => {
      const chance = chanceFrom(seed)
      for (let round = 0; round < rounds; round++) {
        const lines = pick(chance, samples).flatMap((line) => spoiled(line, chance))
        const bytes = encoded(lines.join(pick(chance, ["\r", "\n", "\r\n"])), chance)
        const made = expectBundleOrProblem(bytes)
        // Nothing is sent of a Bundle of no entries.
        if ("bundle" in made && made.bundle.entry)
          expect([invalid(made.bundle), bytes]).toEqual([[], bytes])
      }
    },
    patienceMs,
  )

  test(
    "does so whatever one field of it holds",
    () => {
      const chance = chanceFrom(seed + 4)
      for (let round = 0; round < 25; round++) {
        const lines = pick(chance, samples)
        for (const [at, line] of lines.entries()) {
          const fields = line.split("|")
          for (let field = at === 0 ? 2 : 1; field < fields.length; field++) {
            const changed = fields.with(field, pick(chance, absurd)).join("|")
            expectBundleOrProblem(Buffer.from(lines.with(at, changed).join("\r")))
          }
        }
      }
    },
    patienceMs,
  )

  test(
    "does so for a message cut off at every byte",
    () => {
      const chance = chanceFrom(seed + 1)
      const bytes = Buffer.from(`${pick(chance, samples).join("\r")}\r`)
      for (let end = 0; end < bytes.length; end++) expectBundleOrProblem(bytes.subarray(0, end))
    },
    patienceMs,
  )

  test("does so for bytes that are no message", () => {
    const chance = chanceFrom(seed + 2)
    for (let round = 0; round < rounds; round++) {
      const noise = Uint8Array.from({ length: chance(400) }, () => chance(256))
      expectBundleOrProblem(noise)
      expectBundleOrProblem(Buffer.concat([Buffer.from("MSH|^~\\&|"), noise]))
    }
  })

  test("makes the same of the same bytes", () => {
    const chance = chanceFrom(seed + 3)
    for (let round = 0; round < 50; round++) {
      const lines = pick(chance, samples).flatMap((line) => spoiled(line, chance))
      const bytes = encoded(lines.join("\r"), chance)
      expect(JSON.stringify(mapped(bytes))).toBe(JSON.stringify(mapped(bytes)))
    }
  })
})

describe("a map ends in bounded time and memory", () => {
  const head = "MSH|^~\\&|LAB|KCL|||20260415120000||ORU^R01^ORU_R01|X-1|P|2.5.1"
  const pid = "PID|1||P-1^^^KCL^MR||OTIENO^JANE"
  const obr = "OBR|1||F-1|718-7^Haemoglobin^LN"
  const obx = (value: string) => `OBX|1|ST|718-7^Haemoglobin^LN||${value}||||||F`
  const many = (text: string, times: number, between = "") => Array(times).fill(text).join(between)

  test.each<[string, string[]]>([
    ["a million escapes", [pid, obr, obx(many("\\X0D0A\\", 150_000))]],
    ["escapes that never close", [pid, obr, obx(many("\\X", 500_000))]],
    ["10,000 repetitions of a name", [pid.replace("JANE", many("JANE", 10_000, "~X^"))]],
    [
      "10,000 repetitions of a number",
      [pid.replace("P-1^^^KCL^MR", many("P^^^K^MR", 10_000, "~"))],
    ],
    ["10,000 repetitions of a result", [pid, obr, obx(many("text", 10_000, "~"))]],
    ["100,000 segments", [pid, obr, ...Array(100_000).fill(obx("text"))]],
    ["10,000 results under one key", [pid, obr, ...Array(10_000).fill(obx("text"))]],
    ["100,000 components", [pid, obr, obx(many("a", 100_000, "^"))]],
    ["100,000 subcomponents", [pid.replace("JANE", many("a", 100_000, "&"))]],
    ["a field of 5 MB", [pid, obr, obx(many("0123456789", 500_000))]],
    [
      "5,000 orders",
      [pid, ...Array.from({ length: 5_000 }, (_, at) => obr.replace("F-1", `F-${at}`))],
    ],
    ["a number of a million digits", [pid, obr, obx(many("9", 1_000_000)).replace("|ST|", "|NM|")]],
  ])(
    "for %s",
    (_what, lines) => {
      const bytes = Buffer.from(`${[head, ...lines].join("\r")}\r`)
      Bun.gc(true)
      const before = process.memoryUsage().rss
      const startedAt = performance.now()
      expectBundleOrProblem(bytes)
      expect(process.memoryUsage().rss - before).toBeLessThan(memoryBytes)
      expect(performance.now() - startedAt).toBeLessThan(patienceMs)
    },
    2 * patienceMs,
  )
})

function mapped(bytes: Uint8Array) {
  return mapMessage(maps, message([], { bytes }), context())
}

function expectBundleOrProblem(bytes: Uint8Array): Mapped {
  const given = message([], { bytes })
  // A bug in a map is a problem to whoever delivers, and here it is to be seen.
  const found = maps.find(({ types }) => types.includes(given.type))
  ownedResources(maps, given, context())
  const made = mapped(bytes)
  if ("problem" in made) {
    if (made.problem.includes("map failed")) found?.map(given, context())
    expect(made.problem).not.toContain("map failed")
  } else {
    const issues = preflight(made.bundle)
    if (issues.length > 0) throw new Error(`${issues[0]?.text}: ${Buffer.from(bytes).toString()}`)
  }
  return made
}

/** The segment as a bad sender may send it: the same often, else with something in its way. */
function spoiled(line: string, chance: Chance): string[] {
  const fields = line.split("|")
  const at = fields[0] === "MSH" ? 2 + chance(fields.length) : 1 + chance(fields.length + 2)
  switch (chance(10)) {
    case 0:
      return []
    case 1:
      return [line, line]
    case 2:
      return [line.slice(0, chance(line.length))]
    case 3:
    case 4:
    case 5: {
      while (fields.length <= at) fields.push("")
      fields[at] = pick(chance, absurd)
      return [fields.join("|")]
    }
    case 6: {
      const [one = "", other = ""] = [fields[at], fields[at + 1]]
      return [fields.with(Math.min(at, fields.length - 1), other + one).join("|")]
    }
    default:
      return [line]
  }
}

const absurd = [
  ...[
    '""',
    "^^^",
    "~~~",
    "&&&",
    "\\",
    "\\X",
    "\\XZZ\\",
    "\\.br\\",
    "^~\\&",
    '""^""',
    "^^^^^^^^^^^^",
  ],
  ...["99999999", "00000000", "20260231", "2026041512000099+9999", "-1", "1e400", "0x10"],
  ...["2026", "202613", "20260415246099", "20260415120000.99999+0300", "9".repeat(40)],
  ...[
    "http://[",
    "urn:uuid:x",
    "../..",
    "<script>",
    "\u0000",
    "\uffff",
    "é",
    "北京",
    "😀",
    "\ud800",
  ],
  ...["constructor", "__proto__", "toString", "hasOwnProperty", " ", "\t", "D", "C", "X", "A"],
  ...["^application^pdf^Base64^JVBER", "^^^Base64^!!!", "^1^:^0", ">^", "^10^-^2", "1^2^3^4^5^6"],
  ...[
    "P-1^^^&1.2.3&ISO^MR",
    "P-1^^^KCL&&ISO^MR~P-1^^^KCL^MR",
    "a&b&c^d&e&f^g~h^i~j",
    "X".repeat(5000),
  ],
]

/** In some charset, which MSH-18 need not name. */
function encoded(text: string, chance: Chance): Uint8Array {
  const named = pick(chance, ["", "", "8859/1", "UNICODE UTF-8", "GB 18030-2000", "ISO IR87", "X"])
  const given =
    named === ""
      ? text
      : text.replace(/^(MSH(?:\|[^|\r\n]*){10,16})(?=[\r\n])/, (head) => {
          return head.padEnd(head.length + 17 - head.split("|").length, "|") + named
        })
  return Buffer.from(given, pick(chance, ["utf8", "utf8", "latin1"]))
}
