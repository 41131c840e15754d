/** Whether the next heading that appears should take the focus: once after each change of page. */
class PageFocus {
  #isWanted = false;

  want(): void {
    this.#isWanted = true;
  }

  take(): boolean {
    const was = this.#isWanted;
    this.#isWanted = false;
    return was;
  }
}

export const pageFocus = new PageFocus();
