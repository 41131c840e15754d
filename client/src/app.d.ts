import type { Problem } from '$lib/api/problem';

declare global {
  namespace App {
    interface Error {
      message: string;
      /** What the service answered, when it answered at all. */
      problem?: Pick<Problem, 'status' | 'title' | 'detail'>;
    }
  }
}

export {};
