import { open, readFile, rename } from "node:fs/promises"
import { join } from "node:path"
import type { Destination, Message, Outcome, Sending } from "../../message.ts"
import type { FolderConfig } from "./index.ts"

/**
 * A folder, into which each delivery is put as one file: whole or not at all, and on disk when it
 * counts as delivered. The name is the same each time a message is sent, so what stands there
 * already with the same content is delivered. A file that was taken away is written again: it can
 * be known by its name, while one that was never written could not be had back.
 */
export function openFolder(settings: Pick<FolderConfig, "path" | "body">): Destination {
  const { path: folder, body } = settings
  return {
    takes: body === "hl7" ? "message" : "bundle",
    async send({ message, bundle }: Sending): Promise<Outcome> {
      const name = `${nameOf(message)}.${body === "hl7" ? "hl7" : "json"}`
      const content = body === "hl7" ? message.bytes : Buffer.from(JSON.stringify(bundle))
      try {
        const there = await read(join(folder, name))
        const same = there?.equals(content) === true
        // A message never changes, as the Bundle of a mended map does: this one is somebody else's.
        if (there && !same && body === "hl7") return taken(folder, name)
        if (!same) await write(folder, name, content)
        // Also where it stood there: a crash may have come between its renaming and this.
        await syncFolder(folder)
        const receipt = { status: same ? 200 : 201, file: name, bytes: content.length }
        return { outcome: "delivered", receipt }
      } catch (error) {
        return outcomeOf(folder, error as NodeJS.ErrnoException)
      }
    },
    async close() {},
  }
}

/** `20260415T120000Z-000000000123-ORU_R01`: by name, files stand in the order they came. */
function nameOf({ id, receivedAt, type }: Message): string {
  const time = new Date(receivedAt).toISOString().replaceAll(/[-:]|\.\d+/g, "")
  // The sender wrote the type, which must not lead out of the folder.
  const word = type.replaceAll(/[^A-Za-z0-9]+/g, "_").slice(0, 32)
  return `${time}-${String(id).padStart(12, "0")}-${word}`
}

async function read(path: string): Promise<Buffer | undefined> {
  try {
    return await readFile(path)
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return undefined
    throw error
  }
}

/**
 * Under a name of its own until it is whole, which begins with a dot so that nobody picks it up.
 * What a crash leaves under it is written over when the delivery is sent again.
 */
async function write(folder: string, name: string, content: Uint8Array): Promise<void> {
  const part = join(folder, `.${name}.part`)
  const file = await open(part, "w", 0o600)
  try {
    // For who picks it up to read, by the folder's group: the service's umask lets nobody.
    await file.chmod(0o640)
    await file.writeFile(content)
    await file.sync()
  } finally {
    await file.close()
  }
  await rename(part, join(folder, name))
}

async function syncFolder(folder: string): Promise<void> {
  const directory = await open(folder, "r")
  try {
    await directory.sync()
  } catch (error) {
    // A share of SMB has nothing to sync here: what it says it did is all there is to have.
    const { code } = error as NodeJS.ErrnoException
    if (code !== "EINVAL" && code !== "ENOTSUP") throw error
  } finally {
    await directory.close()
  }
}

function taken(folder: string, name: string): Outcome {
  const reason = `${folder}: a file of this message's name holds something else`
  return { outcome: "hold", reason: `${reason}; has each box a folder of its own?`, said: name }
}

/** What may pass by itself is tried again; what a person has to set right pauses. */
function outcomeOf(folder: string, { code = "", message }: NodeJS.ErrnoException): Outcome {
  const lasting = wrong[code]
  if (lasting) return { outcome: "pause", reason: `${folder}: ${lasting}` }
  const known = passing[code]
  if (known) return { outcome: "retry", reason: `${folder}: ${known}` }
  // The system's words name the file, and so the message's type.
  return { outcome: "retry", reason: `${folder}: can't be written (${code})`, said: message }
}

const wrong: Readonly<Record<string, string>> = {
  EACCES: "the user that runs this may not write there: grant it that",
  EPERM: "the user that runs this may not write there: grant it that",
  EROFS: "it can only be read: is it mounted so, or not in the unit's ReadWritePaths?",
  ENOTDIR: "it is no folder: is path right?",
}

const passing: Readonly<Record<string, string>> = {
  ENOENT: "there is no such folder: is the share mounted, and path right?",
  ENOSPC: "the disk is full: does anybody take the files away?",
  EDQUOT: "the quota is used up: does anybody take the files away?",
  EIO: "the disk failed: is it in order, or the share still there?",
}
