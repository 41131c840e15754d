import type { HandleClientError } from '@sveltejs/kit';
import { Problem } from '$lib/api';

/** Lets the error page say what the service said; anything else stays in the browser's console. */
export const handleError: HandleClientError = ({ error, message }) => {
  if (error instanceof Problem) {
    const { status, title, detail } = error;
    return { message: title, problem: { status, title, detail } };
  }
  console.error(error);
  return { message };
};
