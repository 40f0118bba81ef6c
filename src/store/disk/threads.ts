/** In the binary all modules stand at the root of its file system, but for those of threads. */
const folder = import.meta.path.startsWith("/$bunfs/") ? "./store/" : "../"

/** Starts a thread of the store's, which is a file in this room. */
export function startThread(file: `${string}-thread.ts`): Worker {
  return new Worker(new URL(`${folder}${file}`, import.meta.url).href)
}
