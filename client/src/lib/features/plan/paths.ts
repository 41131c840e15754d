import { planPath } from '$lib/navigation';

export function recommendationPath(plan: string, ref: string): string {
  return planPath(plan, `recommendations/${encodeURIComponent(ref)}`);
}

export function actionPath(plan: string, ref: string): string {
  return planPath(plan, `actions/${encodeURIComponent(ref)}`);
}

export function kpiPath(plan: string, ref: string): string {
  return planPath(plan, `kpis/${encodeURIComponent(ref)}`);
}

export function riskPath(plan: string, ref: string): string {
  return planPath(plan, `risks/${encodeURIComponent(ref)}`);
}

export function escalationPath(plan: string, ref: string): string {
  return planPath(plan, `escalations/${encodeURIComponent(ref)}`);
}

/** The screen of an item by its kind; null where the kind has none. */
export function itemPath(plan: string, kind: string, ref: string | null | undefined): string | null {
  if (!ref) return null;
  if (kind === 'recommendation') return recommendationPath(plan, ref);
  if (kind === 'action') return actionPath(plan, ref);
  if (kind === 'kpi') return kpiPath(plan, ref);
  if (kind === 'risk') return riskPath(plan, ref);
  if (kind === 'escalation') return escalationPath(plan, ref);
  return null;
}
