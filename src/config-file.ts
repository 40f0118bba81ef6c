import { StartProblem } from "./config.ts"

/** Reads a TOML file; throws StartProblem when it can't be read or is not TOML. */
export async function readConfig(path: string): Promise<unknown> {
  let text: string
  try {
    text = await Bun.file(path).text()
  } catch (error) {
    const { code, message } = error as NodeJS.ErrnoException
    const why = code === "ENOENT" ? "there is no such file" : message
    throw new StartProblem([`${path}: can't be read: ${why}`])
  }
  try {
    return Bun.TOML.parse(text)
  } catch (error) {
    const reason = (error as Error).message.replace("TOML Parse error: ", "")
    throw new StartProblem([`${path}:${brokenLine(text)}: ${reason}`])
  }
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
