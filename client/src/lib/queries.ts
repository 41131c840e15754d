import { QueryClient } from '@tanstack/svelte-query';
import { Problem } from './api';

/** What the service refuses it will refuse again; only a lost connection or a fault is worth another try. */
function isWorthRetrying(failures: number, error: unknown): boolean {
  const status = error instanceof Problem ? error.status : 500;
  return failures < 2 && (status === 0 || status >= 502);
}

export const queries = new QueryClient({
  defaultOptions: {
    queries: { staleTime: 15_000, retry: isWorthRetrying, networkMode: 'always' },
    mutations: { retry: false, networkMode: 'always' },
  },
});
