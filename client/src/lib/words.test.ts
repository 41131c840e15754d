import { describe, expect, it } from 'vitest';
import { termFor, TERMS, type Vocabulary } from './words';

describe('words', () => {
  it('every term has a word that stands without its colour, once in its vocabulary', () => {
    for (const [vocabulary, terms] of Object.entries(TERMS)) {
      const words = Object.values(terms).map(({ word }) => word);
      expect(new Set(words).size, vocabulary).toBe(words.length);
    }
  });

  it('a key from a newer service is shown, not hidden', () => {
    expect(termFor('action_status' as Vocabulary, 'on_hold')).toEqual({ word: 'On hold', colour: 'grey' });
  });
});
