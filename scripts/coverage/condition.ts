/** What a condition of the guide asks of one field or component. */
export interface Asked {
  source: string
  number: number
  component: number | undefined
  /** The values it may have; undefined: it is to be empty; none: it is to hold anything. */
  values: string[] | undefined
}

/**
 * What the guide's notation asks for, of the field itself and of others: `IF PID-24 EQUALS "Y" AND
 * PID-25 NOT VALUED`. What it says in another way asks for nothing.
 */
export function askedBy(condition: string): Asked[] {
  const found = condition.matchAll(
    /\b([A-Z][A-Z0-9]{1,2})[-.](\d+)(?:\.(\d+))?\s*(?:LST\.COUNT\s*)?(.*?)(?=\bAND\b|\bOR\b|$)/gi,
  )
  return [...found].flatMap(([, source = "", number, component, said = ""]) => {
    const values = valuesOf(said)
    if (values === "nothing") return []
    return {
      source: source.toUpperCase(),
      number: Number(number),
      component: component === undefined ? undefined : Number(component),
      values,
    }
  })
}

function valuesOf(said: string): string[] | undefined | "nothing" {
  if (/\bNOT\b.*\bVALUED\b|\bEMPTY\b|NOT EXIST/i.test(said)) return undefined
  if (/\bNOT\b|COUNT|LENGTH|THAN|<>/i.test(said)) return "nothing"
  const values = [...said.matchAll(/["']([^"']*)["']/g)].map(([, value = ""]) => value)
  return values.length > 0 || /\bVALUE/i.test(said) ? values : "nothing"
}
