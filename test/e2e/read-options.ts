/** Reads the command lines of the test scripts: `--name value` pairs, repeatable, and nothing else. */

/** Values by option, in their order. Refuses what it does not know, so that a misspelt option does not test the wrong thing. */
export function readOptions(words: readonly string[], known: readonly string[]): ReadonlyMap<string, readonly string[]> {
  const values = new Map<string, readonly string[]>();
  for (let index = 0; index < words.length; index += 2) {
    const name = words[index] ?? '';
    const value = words[index + 1];
    if (!known.includes(name) || value === undefined) {
      throw new Error(`Unknown or incomplete option ${name}. Known: ${known.join(', ')}, each with a value.`);
    }
    values.set(name, [...(values.get(name) ?? []), value]);
  }
  return values;
}
