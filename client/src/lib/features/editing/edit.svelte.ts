import { asProblem, type Conflict, type Problem, type Versioned } from '$lib/api';
import { changedFields, isSame, type Fields } from './fields';

interface Options<Read> {
  /** The item as the form began from it, in the form that a change sends. */
  base: Fields;
  /** The version that was read with it. */
  etag: string;
  /** The named fields of an item as read, in the form that a change sends. */
  toSend: (read: Fields) => Fields;
  send: (patch: Fields, etag: string) => Promise<Versioned<Read>>;
  /** `saved` is null where there was nothing to save. */
  onsaved: (saved: Versioned<Read> | null) => void | Promise<void>;
}

/**
 * One edit of one item. It is sent on the version that the person saw; where somebody changed the item
 * meanwhile, `conflict` holds the three sides of each field, and nothing is saved until a choice is made.
 */
export class Edit<Read> {
  conflict = $state.raw<Conflict | null>(null);
  problem = $state.raw<Problem | null>(null);
  busy = $state(false);
  readonly #options: Options<Read>;

  constructor(options: Options<Read>) {
    this.#options = options;
  }

  /** Sends the fields of `now` that differ from where the form began. */
  async save(now: Fields): Promise<void> {
    await this.#send(changedFields(this.#options.base, now), this.#options.etag);
  }

  /** Sends what was chosen of the fields in dispute, on the version that they were chosen against. */
  async settle(chosen: Fields): Promise<void> {
    const conflict = this.conflict;
    if (!conflict) return;
    const mine = Object.entries(conflict.yours).filter(
      ([field, value]) => !isSame(field in chosen ? chosen[field] : value, conflict.theirs[field]),
    );
    const patch = Object.fromEntries(mine.map(([field]) => [field, field in chosen ? chosen[field] : conflict.yours[field]]));
    await this.#send(patch, conflict.etag ?? this.#options.etag);
  }

  async #send(patch: Fields, etag: string): Promise<void> {
    if (this.busy) return;
    this.busy = true;
    this.problem = null;
    try {
      const saved = Object.keys(patch).length ? await this.#options.send(patch, etag) : null;
      this.conflict = null;
      await this.#options.onsaved(saved);
    } catch (thrown) {
      const problem = asProblem(thrown);
      if (problem.status === 412 && problem.conflict) await this.#meet(problem.conflict);
      else this.problem = problem;
    } finally {
      this.busy = false;
    }
  }

  async #meet(conflict: Conflict): Promise<void> {
    const { toSend, onsaved } = this.#options;
    const [base, theirs, yours] = [toSend(conflict.base), toSend(conflict.theirs), toSend(conflict.yours)];
    if (isSame(theirs, yours)) {
      // Somebody made the very same change: there is nothing to choose, and nothing left to save.
      this.conflict = null;
      await onsaved(null);
    } else {
      this.conflict = { ...conflict, base, theirs, yours };
    }
  }
}
