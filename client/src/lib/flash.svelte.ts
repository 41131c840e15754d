export interface Message {
  kind: 'success' | 'information';
  text: string;
}

/** One message that outlives a change of page: said before `goto`, shown at the top of the next page. */
class Flash {
  message = $state.raw<Message | null>(null);
  #isFresh = false;

  success(text: string): void {
    this.message = { kind: 'success', text };
    this.#isFresh = true;
  }

  information(text: string): void {
    this.message = { kind: 'information', text };
    this.#isFresh = true;
  }

  /** The shell calls this after each change of page: a message is seen on one page only. */
  pageChanged(): void {
    if (!this.#isFresh) this.message = null;
    this.#isFresh = false;
  }

  dismiss(): void {
    this.message = null;
  }
}

export const flash = new Flash();
