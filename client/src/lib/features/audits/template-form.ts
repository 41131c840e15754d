/** An audit template as its form holds it: boxes hold text. */
import type { components } from '$lib/api/schema';
import type { FormError } from '../editing/errors';
import type { Template } from './audits';

export type TemplateReplace = components['schemas']['AuditTemplateReplace'];

export interface DomainForm {
  ref: string;
  title: string;
  scale: 'grade' | 'score';
}

export interface BandForm {
  title: string;
  lowest: string;
  grade: string;
}

export interface TemplateForm {
  ref: string;
  title: string;
  moderation_expected: boolean;
  domains: DomainForm[];
  lowest: string;
  highest: string;
  bands: BandForm[];
}

export const NEW_DOMAIN: DomainForm = { ref: '', title: '', scale: 'grade' };
export const NEW_BAND: BandForm = { title: '', lowest: '', grade: '' };

/** What a new scale begins with: ten points in the four grades. */
const USUAL_BANDS: BandForm[] = [
  { title: 'Inadequate', lowest: '1', grade: 'inadequate' },
  { title: 'Requires improvement', lowest: '4', grade: 'requires_improvement' },
  { title: 'Good', lowest: '7', grade: 'good' },
  { title: 'Outstanding', lowest: '9', grade: 'outstanding' },
];

export function templateForm(template: Template | null): TemplateForm {
  const scale = template?.scale;
  return {
    ref: template?.ref ?? '',
    title: template?.title ?? '',
    moderation_expected: template?.moderation_expected ?? true,
    domains: template?.domains.map((domain) => ({ ...domain })) ?? [{ ...NEW_DOMAIN }, { ref: 'overall', title: 'Overall', scale: 'grade' }],
    lowest: String(scale?.lowest ?? 1),
    highest: String(scale?.highest ?? 10),
    bands: scale?.bands.map(({ title, lowest, grade }) => ({ title, lowest: String(lowest), grade: grade ?? '' })) ?? USUAL_BANDS.map((band) => ({ ...band })),
  };
}

/** A reference made of a title, for a domain that has none yet. */
export function refFrom(title: string): string {
  return title.toLowerCase().replace(/[^a-z0-9]+/g, '-').replace(/^-+|-+$/g, '').slice(0, 40);
}

export function isScored({ domains }: Pick<TemplateForm, 'domains'>): boolean {
  return domains.some(({ scale }) => scale === 'score');
}

export function templateToSend(form: TemplateForm): TemplateReplace {
  return {
    title: form.title.trim(),
    moderation_expected: form.moderation_expected,
    domains: form.domains.map(({ ref, title, scale }) => ({ ref: ref.trim() || refFrom(title), title: title.trim(), scale })),
    scale: isScored(form)
      ? {
          lowest: Number(form.lowest),
          highest: Number(form.highest),
          bands: form.bands.map(({ title, lowest, grade }) => ({
            title: title.trim(),
            lowest: Number(lowest),
            grade: (grade || null) as components['schemas']['Grade'] | null,
          })),
        }
      : null,
  };
}

export function missingIn(form: TemplateForm, isNew: boolean): FormError[] {
  const found: FormError[] = [];
  const need = (id: string, isThere: unknown, message: string): void => {
    if (!isThere) found.push({ id, message });
  };
  const whole = (text: string): boolean => /^\d{1,3}$/.test(text.trim());
  if (isNew) need('ref', form.ref.trim(), 'Enter a reference');
  need('title', form.title.trim(), 'Enter a title');
  need('domains', form.domains.length, 'Add at least one domain');
  form.domains.forEach(({ title }, at) => need(`domains-${at}-title`, title.trim(), `Enter the title of domain ${at + 1}`));
  if (isScored(form)) {
    need('lowest', whole(form.lowest), 'Enter the lowest score as a whole number');
    need('highest', whole(form.highest), 'Enter the highest score as a whole number');
    form.bands.forEach(({ title, lowest }, at) => {
      need(`bands-${at}-title`, title.trim(), `Enter the title of band ${at + 1}`);
      need(`bands-${at}-lowest`, whole(lowest), `Enter where band ${at + 1} begins, as a whole number`);
    });
    need('bands', form.bands.length, 'Add at least one band');
  }
  return found;
}
