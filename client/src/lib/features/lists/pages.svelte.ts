import { createInfiniteQuery, keepPreviousData } from '@tanstack/svelte-query';

export interface ListPage<Item> {
  items: Item[];
  next?: string | null;
  total?: number | null;
  known_at?: string;
}

/** A list as a screen shows it, whatever its rows are. */
export interface List {
  readonly isLoaded: boolean;
  readonly error: unknown;
  /** How many rows are on the page. */
  readonly count: number;
  /** How many there are in all, where the service was asked to count. */
  readonly total: number | null;
  /** When its first page was read, where the service says so: what is shown was so then. */
  readonly toldAsOf: string | null;
  readonly hasMore: boolean;
  /** Fetching other rows than those shown. */
  readonly isTurning: boolean;
  readonly isFetchingMore: boolean;
  more(): void;
  refetch(): void;
}

interface Options<Item> {
  key: readonly unknown[];
  page: (cursor: string | undefined) => Promise<ListPage<Item>>;
  enabled?: boolean;
}

/** A list read page by page. While another filter or order is fetched the rows before stay, marked as busy. */
export function createList<Item>(options: () => Options<Item>): List & { readonly rows: Item[] } {
  const query = createInfiniteQuery(() => {
    const { key, page, enabled } = options();
    return {
      queryKey: key,
      queryFn: ({ pageParam }: { pageParam: string | undefined }) => page(pageParam),
      initialPageParam: undefined as string | undefined,
      getNextPageParam: (last: ListPage<Item>) => last.next ?? undefined,
      placeholderData: keepPreviousData,
      enabled: enabled ?? true,
    };
  });
  const rows = $derived(query.data?.pages.flatMap(({ items }) => items) ?? []);
  return {
    get rows() {
      return rows;
    },
    get isLoaded() {
      return query.data !== undefined;
    },
    get error() {
      return query.error;
    },
    get count() {
      return rows.length;
    },
    get total() {
      return query.data?.pages[0]?.total ?? null;
    },
    get toldAsOf() {
      return query.data?.pages[0]?.known_at ?? null;
    },
    get hasMore() {
      return query.hasNextPage;
    },
    get isTurning() {
      return query.isPlaceholderData;
    },
    get isFetchingMore() {
      return query.isFetchingNextPage;
    },
    more: () => void query.fetchNextPage(),
    refetch: () => void query.refetch(),
  };
}
