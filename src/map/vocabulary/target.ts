/**
 * What a v2 code means in FHIR by one of the tables of this folder: the target; null where the
 * guide knows the code and names no target; undefined where the table does not have the code.
 */
export function targetOf<Table extends object>(
  table: Table,
  code: string | undefined,
): Table[keyof Table] | undefined {
  // An own property only: "constructor" is no code of any table.
  if (code === undefined || !Object.hasOwn(table, code)) return undefined
  return table[code as keyof Table]
}
