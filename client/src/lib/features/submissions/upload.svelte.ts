import { asProblem, type Problem } from '$lib/api';
import { pageFocus } from '$lib/ui/page-focus';
import { Once } from '../editing/once';
import { keepSubmission, othersChanged, type Submission } from './submissions';
import { keep, NOTHING_SAID, sendFile, sendingFault, wasStopped, type Chosen, type FileLimits, type Said } from './upload';

interface Options {
  plan: string;
  limits: FileLimits;
  /** Told of the delivery once the file is stored, or is being stored. */
  onstored: (stored: Submission) => void | Promise<void>;
}

/**
 * One file on its way in: chosen, previewed, perhaps asked about, and stored. Its bytes are kept from
 * the preview on, so that what is stored is what was shown. A preview stores no value.
 */
export class Upload {
  file = $state.raw<Chosen | null>(null);
  said = $state.raw<Said>(NOTHING_SAID);
  /** The preview that is shown or awaited, by its ref. */
  preview = $state<string | null>(null);
  /** What is on its way to the service now. */
  sending = $state<'preview' | 'values' | null>(null);
  fault = $state('');
  /** What the service refused outright. */
  problem = $state.raw<Problem | null>(null);
  readonly #options: Options;
  readonly #once = { atomic: new Once(), partial: new Once() };
  #stopper = new AbortController();

  constructor(options: Options) {
    this.#options = options;
  }

  /** Keeps the file and asks what storing it would do. */
  async choose(file: File, source: string): Promise<void> {
    try {
      this.file = await keep(file);
    } catch {
      this.fault = 'The file cannot be read: it was moved or changed since you chose it. Choose it again';
      return;
    }
    for (const once of Object.values(this.#once)) once.done();
    await this.ask({ ...NOTHING_SAID, source });
  }

  /** Previews the file anew, with what the person said of it. */
  async ask(said: Said): Promise<void> {
    this.said = said;
    await this.#send('preview', async (file, signal) => {
      const preview = await sendFile(this.#options.plan, file, said, { mode: 'atomic', dry_run: true, signal });
      keepSubmission(this.#options.plan, preview);
      this.preview = preview.submission;
    });
  }

  /** `atomic` stores every row, and nothing where one is wrong after all; `partial` the good ones. */
  async store(mode: 'atomic' | 'partial'): Promise<void> {
    const once = this.#once[mode];
    const sending = { mode, dry_run: false, header: once.header };
    await this.#send('values', async (file, signal) => {
      const stored = await sendFile(this.#options.plan, file, this.said, { ...sending, signal });
      keepSubmission(this.#options.plan, stored);
      void othersChanged(this.#options.plan, stored.submission);
      await this.#options.onstored(stored);
    });
    if (this.problem) once.refused(this.problem);
  }

  /** Stops what is on its way. A preview that has arrived already changes nothing. */
  stop(): void {
    this.#stopper.abort();
  }

  /** Back to choosing a file. */
  restart(): void {
    this.stop();
    pageFocus.want();
    this.file = null;
    this.preview = null;
    this.fault = '';
    this.problem = null;
  }

  async #send(what: 'preview' | 'values', send: (file: Chosen, signal: AbortSignal) => Promise<void>): Promise<void> {
    if (!this.file || this.sending) return;
    this.fault = '';
    this.problem = null;
    // What was pressed goes from the page: the heading of what comes takes the focus.
    pageFocus.want();
    this.sending = what;
    this.#stopper = new AbortController();
    try {
      await send(this.file, this.#stopper.signal);
    } catch (thrown) {
      if (!wasStopped(thrown)) {
        this.problem = asProblem(thrown);
        this.fault = sendingFault(this.problem, this.#options.limits);
      }
    } finally {
      this.sending = null;
    }
  }
}
