/** Names that a mistyped one may have meant. */

const MAX_DISTANCE = 2;

/** Up to three of `names` within two edits of `name`, nearest first. */
export function similarTo(name: string, names: Iterable<string>): string[] {
  const found: { readonly name: string; readonly distance: number }[] = [];
  for (const candidate of names) {
    if (Math.abs(candidate.length - name.length) > MAX_DISTANCE || candidate === name) continue;
    const distance = editDistance(name, candidate);
    if (distance <= MAX_DISTANCE && distance < name.length) found.push({ name: candidate, distance });
  }
  found.sort((a, b) => a.distance - b.distance || (a.name < b.name ? -1 : 1));
  return found.slice(0, 3).map((candidate) => candidate.name);
}

/** Levenshtein distance; gives `MAX_DISTANCE + 1` as soon as it must be more than that. */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, i) => i);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    let best = i;
    for (let j = 1; j <= b.length; j++) {
      const cost = a[i - 1] === b[j - 1] ? 0 : 1;
      const value = Math.min((previous[j] ?? 0) + 1, (current[j - 1] ?? 0) + 1, (previous[j - 1] ?? 0) + cost);
      current.push(value);
      best = Math.min(best, value);
    }
    if (best > MAX_DISTANCE) return MAX_DISTANCE + 1;
    previous = current;
  }
  return previous[b.length] ?? MAX_DISTANCE + 1;
}
