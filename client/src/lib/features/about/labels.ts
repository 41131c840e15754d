/** Words for inspections' frameworks, and for what a stated total is of. */
import { sentence } from '$lib/words';

const FRAMEWORKS: Record<string, string> = {
  sif: 'Single inspection framework (SIF)',
  ilacs: 'Standard inspection (ILACS)',
  ilacs_short: 'Short inspection (ILACS)',
  focused_visit: 'Focused visit',
  monitoring_visit: 'Monitoring visit',
  jtai: 'Joint targeted area inspection (JTAI)',
  other: 'Another inspection or review',
};

export function frameworkWord(framework: string): string {
  return FRAMEWORKS[framework] ?? sentence(framework);
}
