import { describe, expect, test } from "bun:test"
import { type Framed, Framer } from "../../src/hl7/frame.ts"
import { type Chance, chanceFrom, cut, pick, seed } from "./chance.ts"

const VT = "\x0b"
const FS = "\x1c"
const rounds = 400

describe(`a stream, however it is split (WAYSTATION_SEED=${seed})`, () => {
  test("of frames with noise between them is those frames", () => {
    const chance = chanceFrom(seed)
    for (let round = 0; round < rounds; round++) {
      const bodies = bodiesOf(chance)
      const stream = bodies.map((body) => `${noise(chance)}${VT}${body}${end(chance)}`).join("")
      expect(framed(stream, chance)).toEqual(bodies.map((body) => `frame ${body}`))
    }
  })

  test("of frames with junk, and with frames broken off, between them loses and joins none", () => {
    const chance = chanceFrom(seed + 1)
    for (let round = 0; round < rounds; round++) {
      const bodies = bodiesOf(chance)
      const broken = bodies.map((body) => pick(chance, ["", junk(chance), half(chance, body)]))
      // Junk behind an FS alone is taken for the rest of a text.
      const endBefore = (next = "") => (/^(\v|$)/.test(next) ? end(chance) : `${FS}\r`)
      const stream = bodies
        .map((body, at) => `${broken[at]}${VT}${body}${endBefore(broken[at + 1])}`)
        .join("")
      const expected = bodies.flatMap((body, at) => {
        const stray = (broken[at] ?? "").replace(VT, "")
        return [...(stray === "" ? [] : [`stray ${stray}`]), `frame ${body}`]
      })
      expect(framed(stream, chance)).toEqual(expected)
    }
  })

  test("that is cut off has the frames that were whole before, and the rest of it", () => {
    const chance = chanceFrom(seed + 2)
    for (let round = 0; round < rounds; round++) {
      const bodies = bodiesOf(chance)
      const whole = bodies.map((body) => `${VT}${body}${end(chance)}`).join("")
      const last = `MSH|^~\\&|last|${letters(chance)}`
      const expected = [...bodies.map((body) => `frame ${body}`), `cutOff ${last}`]
      expect(framed(`${whole}${VT}${last}`, chance)).toEqual(expected)
    }
  })

  test("of any bytes at all throws nothing, and has no byte twice", () => {
    const chance = chanceFrom(seed + 3)
    const alphabet = [0x0b, 0x0b, 0x1c, 0x0d, 0x0a, 0x00, 0x4d, 0x53, 0x48, 0x7c, 0xc3, 0xff]
    for (let round = 0; round < rounds; round++) {
      const stream = Buffer.from(Array.from({ length: chance(200) }, () => pick(chance, alphabet)))
      const framer = new Framer(64)
      const found = cut(stream, chance).flatMap((chunk) => framer.push(chunk))
      const given = [...found, ...framer.end()].reduce((sum, one) => sum + one.bytes.length, 0)
      expect(given).toBeLessThanOrEqual(stream.length)
    }
  })
})

function framed(stream: string, chance: Chance): string[] {
  const framer = new Framer(1 << 20)
  const found = cut(Buffer.from(stream), chance).flatMap((chunk) => framer.push(chunk))
  const text = ({ kind, bytes }: Framed) => `${kind} ${Buffer.from(bytes).toString()}`
  return [...found, ...framer.end()].map(text)
}

/** Messages, numbered so that no two are the same. */
function bodiesOf(chance: Chance): string[] {
  return Array.from({ length: 1 + chance(6) }, (_, at) => `MSH|^~\\&|${at}|${letters(chance)}`)
}

/** A text that holds anything but a block character that would begin or end a frame. */
function letters(chance: Chance): string {
  const some = ["A", "|", "\r", "\n", "ñ", "北", "^", "MSH", VT, " "]
  const text = Array.from({ length: chance(80) }, () => pick(chance, some)).join("")
  // A VT before a header would be a new frame, and so would the VT of the next one at its end.
  return text.replaceAll(new RegExp(`${VT}(?=\\s*(MSH|$))`, "g"), "")
}

function noise(chance: Chance): string {
  return pick(chance, ["", "", "\r", "\n", "\0\0", "\r\n", " \t"])
}

/** What is no frame: a greeting, or the rest of something. */
function junk(chance: Chance): string {
  return pick(chance, ["hello", "x\ry", "北京 ", "PID|1||P1\r"])
}

/** The beginning of a frame whose sender broke off and began again. */
function half(chance: Chance, body: string): string {
  return `${VT}${body.slice(0, 4 + chance(body.length - 4)).replaceAll(VT, "")}`
}

function end(chance: Chance): string {
  return pick(chance, [`${FS}\r`, `${FS}\r`, FS, `${FS}\r\n`])
}
