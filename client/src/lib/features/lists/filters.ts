/**
 * The filters of a list, kept in its address. A filter's name there is its name in the service, so that
 * any screen can link to a filtered list.
 */
import { withQuery, type QueryChange } from '$lib/navigation';

export interface Choice {
  value: string;
  label: string;
}

export interface Filter {
  name: string;
  label: string;
  /** `choices`: boxes to tick, any of them. `one`: one of a long list. `flag`: on or off. */
  kind: 'choices' | 'one' | 'flag';
  choices?: readonly Choice[];
}

export type Chosen = Record<string, string[]>;

/** The name of the filter that holds the words searched for. */
export const WORDS = 'q';

export function chosenIn(query: URLSearchParams, filters: readonly Filter[]): Chosen {
  const found = [...filters.map(({ name }) => name), WORDS].map((name): [string, string[]] => [
    name,
    [...new Set(query.getAll(name).filter(Boolean))],
  ]);
  return Object.fromEntries(found.filter(([, values]) => values.length));
}

export function isFiltered(chosen: Chosen): boolean {
  return Object.keys(chosen).length > 0;
}

/** How many of the filters are set, the words searched for aside. */
export function filtersSet(chosen: Chosen): number {
  return Object.keys(chosen).filter((name) => name !== WORDS).length;
}

/** One chip for each value chosen, with the address of the list without it. */
export function chipsOf(url: URL, filters: readonly Filter[], chosen: Chosen): { label: string; href: string }[] {
  const chips = filters.flatMap((filter) =>
    (chosen[filter.name] ?? []).map((value) => ({
      label: filter.kind === 'flag' ? filter.label : `${filter.label}: ${wordFor(filter, value)}`,
      href: withQuery(url, { [filter.name]: (chosen[filter.name] ?? []).filter((other) => other !== value) }),
    })),
  );
  const words = chosen[WORDS]?.[0];
  return words ? [{ label: `“${words}”`, href: withQuery(url, { [WORDS]: null }) }, ...chips] : chips;
}

function wordFor({ kind, choices }: Filter, value: string): string {
  const label = choices?.find((choice) => choice.value.toLowerCase() === value.toLowerCase())?.label ?? value;
  return kind === 'choices' ? lowered(label) : label;
}

/** "Not started" as "not started", but "KPI" as it is. */
function lowered(label: string): string {
  return /^[A-Z][a-z]+( [a-z]+)*$/.test(label) ? label.charAt(0).toLowerCase() + label.slice(1) : label;
}

export function withoutFilters(url: URL, filters: readonly Filter[]): string {
  return withQuery(url, Object.fromEntries([...filters.map(({ name }) => name), WORDS].map((name) => [name, null])));
}

/** What to put into the address for what the form holds; `flags` are the names of those that are on. */
export function changeFor(filters: readonly Filter[], held: Record<string, string[]>, words: string): QueryChange {
  const change: QueryChange = { [WORDS]: words.trim() || null };
  for (const { name, kind } of filters) {
    const values = held[name] ?? [];
    change[name] = kind === 'flag' ? (values.length ? 'true' : null) : values;
  }
  return change;
}
