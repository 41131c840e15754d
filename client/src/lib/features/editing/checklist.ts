/** Those whose label has every word typed, in whatever order and case. */
export function foundIn<O extends { label: string }>(options: readonly O[], typed: string): O[] {
  const words = typed.toLowerCase().split(/\s+/).filter(Boolean);
  return options.filter(({ label }) => words.every((word) => label.toLowerCase().includes(word)));
}
