export { api, idempotent, ifMatch, newIdempotencyKey, read, readVersioned, tagOf, whenSignedOut } from './client';
export type { Versioned } from './client';
export { asProblem, Problem } from './problem';
export type { Conflict, Fault } from './problem';
