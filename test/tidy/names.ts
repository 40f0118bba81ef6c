import type { File } from "./file.ts"

/** What may lie at the root of the project, and at the root of src. */
const atTheRoot = [
  ".ci",
  ".gitignore",
  "CHANGELOG.md",
  "LICENSE",
  "README.md",
  "biome.json",
  "config",
  "package-lock.json",
  "package.json",
  "scripts",
  "src",
  "systemd",
  "test",
  "tsconfig.json",
]
const inSrc = [
  "admin",
  "basis.ts",
  "carrier",
  "carry.ts",
  "cli",
  "clock.ts",
  "config-file.ts",
  "config-paths.ts",
  "config.ts",
  "deliver.ts",
  "destination",
  "disk.ts",
  "doubt.ts",
  "fhir",
  "follow.ts",
  "gateway.ts",
  "hl7",
  "line.ts",
  "log.ts",
  "main.ts",
  "map",
  "mapping.ts",
  "message.ts",
  "pace.ts",
  "purge.ts",
  "receive.ts",
  "retry.ts",
  "route.ts",
  "secret.ts",
  "signal.ts",
  "source",
  "store",
  "systemd.ts",
  "take-over.ts",
  "text.d.ts",
  "units.ts",
  "unreadable.ts",
  "version.ts",
]
/** Folders of test that stand for no folder of src. */
const onlyInTest = [
  ...["browser", "contract", "corpus", "e2e", "fake", "fault", "fuzz", "golden", "messages"],
  ...["scripts", "tidy", "validate"],
]
const emptyWords = /^(?:utils?|helpers?|common|manager|service|base|impl)$/i

/** Files and folders that the tree has no place for. */
export function misplaced(files: readonly File[]): string[] {
  const paths = files.map(({ path }) => path.split("/"))
  const srcFolders = inSrc.filter((name) => !name.includes("."))
  const testFolders = [...srcFolders, ...onlyInTest]
  return unique([
    ...paths
      .filter(([top = ""]) => !atTheRoot.includes(top))
      .map(([top]) => `${top} has no place at the root of the project`),
    ...paths
      .filter(([top, name = ""]) => top === "src" && !inSrc.includes(name))
      .map(([, name]) => `src/${name} has no place in the tree`),
    ...paths
      .filter(([top, folder = "", ...rest]) => {
        return top === "test" && rest.length > 0 && !testFolders.includes(folder)
      })
      .map(([, folder]) => `test/${folder} mirrors no folder of src`),
  ])
}

/** Files and folders whose name ends in a word for nothing, or isn't kebab-case. */
export function badFileNames(files: readonly File[]): string[] {
  return unique(
    files
      .filter(({ path }) => /^(?:src|test|scripts|config)\//.test(path))
      .flatMap(({ path }) => {
        const names = path.split("/").map((name) => name.replace(/\..*$/, ""))
        const empty = names.filter((name) => emptyWords.test(name.split("-").at(-1) ?? ""))
        const notKebab = names.filter((name) => !/^[a-z0-9]+(?:-[a-z0-9]+)*$/.test(name))
        return [
          ...empty.map((name) => `${path}: "${name}" says nothing about what is in it`),
          ...(path.endsWith(".ts") ? notKebab : []).map((name) => `${path}: "${name}" isn't kebab`),
        ]
      }),
  )
}

/** Declared names that end (or start) in a word for nothing: XImpl, BaseX, XManager. */
export function emptyNames(files: readonly File[]): string[] {
  const name = "(?:Base|Abstract)[A-Z]\\w*|\\w+(?:Utils?|Helpers?|Manager|Service|Impl)"
  const declared = new RegExp(`\\b(?:class|interface|type|function)\\s+(${name})\\b`, "g")
  return files
    .filter(({ path }) => /^(?:src|test|scripts)\/.*\.ts$/.test(path))
    .flatMap(({ path, text }) =>
      [...text.matchAll(declared)].map(([, found]) => `${path} declares ${found}`),
    )
}

function unique(lines: string[]): string[] {
  return [...new Set(lines)]
}
