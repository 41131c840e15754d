import { createQuery } from '@tanstack/svelte-query';
import { kpiOptionsQuery } from '../plan/kpi-options';
import { deliveriesQuery, feedOptions, feedsQuery, type FilterOptions } from './values';

/** What the lists can be filtered by, asked for once the filters are opened or one of them is set. */
export function createOptions(asked: () => { plan: string; enabled: boolean }): () => FilterOptions {
  const kpis = createQuery(() => ({ ...kpiOptionsQuery(asked().plan), enabled: asked().enabled }));
  const feeds = createQuery(() => ({ ...feedsQuery(asked().plan), enabled: asked().enabled }));
  const deliveries = createQuery(() => ({ ...deliveriesQuery(asked().plan), enabled: asked().enabled }));
  return () => ({ feeds: feedOptions(feeds.data), kpis: kpis.data ?? [], deliveries: deliveries.data ?? [] });
}
