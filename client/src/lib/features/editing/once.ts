import { idempotent, newIdempotencyKey, type Problem } from '$lib/api';

/** One POST that may be tried again: it carries the same key until it is known to have been done. */
export class Once {
  #key = newIdempotencyKey();

  get header(): { 'idempotency-key': string } {
    return idempotent(this.#key);
  }

  done(): void {
    this.#key = newIdempotencyKey();
  }

  /** After an answer was lost: what was sent first had been saved, and this is another. */
  refused(problem: Problem): void {
    if (problem.type.endsWith('/idempotency-key-reused')) this.done();
  }
}
