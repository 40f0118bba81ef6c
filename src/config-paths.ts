import { resolve } from "node:path"

/**
 * A configuration with the files it names (each under a key that ends in `File`) as whole paths, a
 * relative one being relative to `folder`: a unit starts in `/`, and `check` wherever a person is.
 */
export function withWholePaths(input: unknown, folder: string): unknown {
  if (Array.isArray(input)) return input.map((one) => withWholePaths(one, folder))
  if (!isSection(input)) return input
  return Object.fromEntries(
    Object.entries(input).map(([key, value]) => {
      if (key.endsWith("File")) return [key, wholePath(value, folder)]
      // Each value is a path here: the keys are the headers' own names.
      if (key === "headerFiles" && isSection(value)) {
        const paths = Object.entries(value).map(([name, path]) => [name, wholePath(path, folder)])
        return [key, Object.fromEntries(paths)]
      }
      return [key, withWholePaths(value, folder)]
    }),
  )
}

/** What is no path at all is for the schema to refuse. */
function wholePath(value: unknown, folder: string): unknown {
  return typeof value === "string" && value !== "" ? resolve(folder, value) : value
}

function isSection(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value)
}
