import { sveltekit } from '@sveltejs/kit/vite';
import { svelteTesting } from '@testing-library/svelte/vite';
import { defineConfig } from 'vitest/config';

// The Host stays that of the page, because the service compares it with the Origin.
const service = { '/v1': { target: process.env.TURNSTONE_API ?? 'http://127.0.0.1:8000', changeOrigin: false } };

// Modules that most of the sixty-odd pages need come as one file: forty small ones compress worse and ask more often.
const shared = { groups: [{ name: 'shared', minShareCount: 40 }] };

export default defineConfig(({ isSsrBuild }) => ({
  plugins: [sveltekit(), svelteTesting()],
  build: { rolldownOptions: { output: { codeSplitting: isSsrBuild ? true : shared } } },
  server: { proxy: service },
  preview: { proxy: service },
  test: {
    environment: 'jsdom',
    include: ['src/**/*.test.ts'],
    setupFiles: ['./vitest.setup.ts'],
  },
}));
