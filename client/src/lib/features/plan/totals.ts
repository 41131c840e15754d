/** What a plan's document says it contains, beside what is held. The difference stays unexplained. */
import { formatNumber } from '$lib/format';
import type { Plan } from './setup';

export type StatedTotal = Plan['stated_totals'][number];

function signed(number: number, suffix = ''): string {
  return `${number > 0 ? '+' : '−'}${formatNumber(Math.abs(number))}${suffix}`;
}

export function saysStated({ count, percent }: StatedTotal): string {
  return [count !== null ? formatNumber(count) : null, percent !== null ? `${formatNumber(percent)}%` : null].filter(Boolean).join(', ');
}

export function saysHeld(total: StatedTotal): string {
  const parts = [total.count !== null || total.percent === null ? formatNumber(total.held_count) : null];
  if (total.percent !== null) {
    parts.push(total.held_percent === null ? 'no share' : `${formatNumber(total.held_percent)}%`);
    if (total.count === null) parts.push(`(${formatNumber(total.held_count)})`);
  }
  return parts.filter(Boolean).join(' ');
}

/** "3 more", "11.4 percentage points fewer"; empty where both agree. */
export function saysDifference({ count_difference: count, percent_difference: percent }: StatedTotal): string {
  const parts = [count ? signed(count) : null, percent ? signed(percent, ' percentage points') : null];
  return parts.filter(Boolean).join(', ');
}

/** Those whose stated figure is not what is held, in words. */
export function differencesOf(totals: readonly StatedTotal[]): { label: string; words: string }[] {
  return totals.flatMap((total) => {
    const difference = saysDifference(total);
    return difference ? [{ label: total.label, words: `${saysStated(total)} stated, ${saysHeld(total)} held (${difference})` }] : [];
  });
}
