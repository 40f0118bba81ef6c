import { posix } from "node:path"
import type { File } from "./file.ts"

/** One import or re-export: what it names, and whether only types come with it. */
interface Import {
  specifier: string
  typesOnly: boolean
  /** The text between `import` and `from`. */
  what: string
}

const rooms = ["source", "map", "destination", "store", "admin"]
const languages = ["hl7", "fhir"]
const story = [
  ...[
    "receive.ts",
    "follow.ts",
    "deliver.ts",
    "line.ts",
    "disk.ts",
    "doubt.ts",
    "carry.ts",
    "route.ts",
    "retry.ts",
    "pace.ts",
    "purge.ts",
    "clock.ts",
    "signal.ts",
  ],
]
/** For everybody: the glossary, how a duration looks, a secret is written, a file can't be read. */
const words = ["message.ts", "mapping.ts", "units.ts", "secret.ts", "unreadable.ts"]
/** Who may enter a room, by its door. */
const assemblers = ["gateway.ts", "carrier", "config.ts", "cli"]

/** Every import that the rule of who may import whom forbids, as a line for a person. */
export function forbiddenImports(files: readonly File[]): string[] {
  return files
    .filter(({ path }) => path.startsWith("src/") && path.endsWith(".ts"))
    .flatMap((file) =>
      importsOf(file.text)
        .filter(({ specifier }) => specifier.startsWith("."))
        .map((found) => ({ found, problem: problemOf(file.path, found) }))
        .filter(({ problem }) => problem !== undefined)
        .map(({ found, problem }) => `${file.path} imports ${found.specifier}: ${problem}`),
    )
}

/** Every relative import without the file's extension. */
export function importsWithoutExtension(files: readonly File[]): string[] {
  return files
    .filter(({ path }) => path.endsWith(".ts"))
    .flatMap(({ path, text }) =>
      importsOf(text)
        .filter(({ specifier }) => /^\.\.?(\/|$)/.test(specifier))
        .filter(({ specifier }) => posix.extname(specifier) === "")
        .map(({ specifier }) => `${path} imports ${specifier} without its extension`),
    )
}

/** The imports a source text makes: static, re-exported, dynamic and by `import type`. */
export function importsOf(text: string): Import[] {
  const statics = text.matchAll(
    /^(?:import|export)\s+((?:type\s+)?(?:\*|\{|\w)[^"'`;=]*?)\s*\bfrom\s*["']([^"']+)["']/gm,
  )
  const bare = text.matchAll(/^import\s*["']([^"']+)["']/gm)
  const dynamic = text.matchAll(/\b(?:import|require)\s*\(\s*["'`]([^"'`]+)["'`]/g)
  return [
    ...[...statics].map(([, what = "", specifier = ""]) => {
      return { specifier, what, typesOnly: /^type\b/.test(what) }
    }),
    ...[...bare, ...dynamic].map(([, specifier = ""]) => {
      return { specifier, what: "", typesOnly: false }
    }),
  ]
}

/** Why the file may not make this import; undefined where it may. */
function problemOf(path: string, found: Import): string | undefined {
  const target = posix.join(posix.dirname(path), found.specifier)
  const from = placeOf(path)
  if (from === "message.ts") return "message.ts imports nothing of ours"
  if (from === "version.ts" && target === "package.json") return undefined
  if (!target.startsWith("src/")) return "the program lies in src"
  const to = placeOf(target)
  if (from === to || words.includes(to) || isStoreType(target, found)) return undefined
  if (languages.includes(from)) return "a language imports message.ts and itself"
  if (story.includes(from)) {
    return story.includes(to) ? undefined : "the story is given its rooms, it imports none"
  }
  if (rooms.includes(from)) {
    if (languages.includes(to)) return undefined
    return "a room imports message.ts, itself and the two languages"
  }
  if (rooms.includes(to)) return doorProblem(from, target, to)
  if (languages.includes(to) && from !== "cli" && from !== "carrier") {
    return "the languages are for rooms, commands and the carrier"
  }
  if (to === "cli" && from !== "main.ts") return "only main.ts runs commands"
  return undefined
}

function doorProblem(from: string, target: string, to: string): string | undefined {
  if (!assemblers.includes(from))
    return "only gateway.ts, carrier/, config.ts and cli/ enter a room"
  return target === `src/${to}/index.ts` ? undefined : "a room is entered by its index.ts"
}

/** `import type { Store }`, which anyone may have. */
function isStoreType(target: string, { typesOnly, what }: Import): boolean {
  return target === "src/store/index.ts" && typesOnly && /^type\s*\{\s*Store,?\s*\}$/.test(what)
}

/** The room, language or folder a file of ours lies in; the file's name at the root of src. */
function placeOf(path: string): string {
  return path.split("/")[1] ?? ""
}
