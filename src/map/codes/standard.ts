/**
 * What is plainly wrong with a code of a standard system, for the person who keeps the list;
 * undefined where nothing is. Spreadsheets make dates of some LOINC codes ("1-8" becomes "08-Jan")
 * and rounded numbers of SNOMED CT's ("2.60E+11").
 */
export function problemOfCode(system: string, code: string): string | undefined {
  if (code === "") return undefined
  if (system === "http://loinc.org" && !isLoinc(code)) {
    return `is no LOINC code: ${code} is mistyped, or a spreadsheet has changed it`
  }
  if (system === "http://snomed.info/sct" && !/^[1-9]\d{5,17}$/.test(code)) {
    return `is no SNOMED CT code: ${code} is mistyped, or a spreadsheet has changed it`
  }
  return undefined
}

/**
 * Digits, a hyphen and a check digit (modulus 10). Answers, groups, lists and parts have LA, LG, LL
 * or LP before them, and a check digit of another kind.
 */
function isLoinc(code: string): boolean {
  const [, prefix, digits, check] = /^(LA|LG|LL|LP)?(\d{1,7})-(\d)$/.exec(code) ?? []
  if (digits === undefined) return false
  if (prefix !== undefined) return true
  const sum = [...digits].reverse().reduce((sum, digit, at) => {
    const counted = Number(digit) * (at % 2 === 0 ? 2 : 1)
    return sum + (counted > 9 ? counted - 9 : counted)
  }, 0)
  return (10 - (sum % 10)) % 10 === Number(check)
}
