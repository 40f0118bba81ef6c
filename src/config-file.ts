import { isUtf8 } from "node:buffer"
import { StartProblem } from "./config.ts"
import { whyUnreadable } from "./unreadable.ts"

/** Reads a TOML file; throws StartProblem when it can't be read or is not TOML. */
export async function readConfig(path: string): Promise<unknown> {
  const text = await textIn(path)
  try {
    return Bun.TOML.parse(text)
  } catch (error) {
    const reason = (error as Error).message.replace("TOML Parse error: ", "")
    throw new StartProblem([`${path}:${brokenLine(text)}: ${reason}`])
  }
}

async function textIn(path: string): Promise<string> {
  let bytes: Uint8Array
  try {
    bytes = await Bun.file(path).bytes()
  } catch (error) {
    throw new StartProblem([`${path}: can't be read: ${whyUnreadable(error)}`])
  }
  // UTF-16, which Notepad calls Unicode, has a zero in each letter, or a mark that is not UTF-8.
  if (isUtf8(bytes) && !bytes.includes(0)) return new TextDecoder().decode(bytes)
  throw new StartProblem([
    `${path}: is not in UTF-8: save it so (in Notepad: Save as, Encoding: UTF-8)`,
  ])
}

/**
 * Where the first statement begins that is not TOML. Bun's parser does not tell (the `line` of its
 * error is that of the calling program), but whatever stands before that line can be parsed.
 */
function brokenLine(text: string): number {
  const lines = text.split("\n")
  const whole = lines.findLastIndex((_line, count) => isToml(lines.slice(0, count).join("\n")))
  return whole + 1
}

function isToml(text: string): boolean {
  try {
    return Bun.TOML.parse(text) !== undefined
  } catch {
    return false
  }
}
