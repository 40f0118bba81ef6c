export { StoreProblem } from "./database.ts"
export { storeConfig } from "./settings.ts"
export type { Counts } from "./status.ts"
export { openStore, type Store } from "./store.ts"
