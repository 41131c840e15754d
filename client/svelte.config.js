import adapter from '@sveltejs/adapter-static';

// A build elsewhere leaves the one that is served alone.
const elsewhere = process.env.BUILD_DIR;

/** @type {import('@sveltejs/kit').Config} */
export default {
  compilerOptions: { runes: ({ filename }) => (filename.includes('node_modules') ? undefined : true) },
  kit: {
    adapter: adapter({ fallback: 'index.html', pages: elsewhere ?? 'build' }),
    typescript: { config: (config) => ({ ...config, include: [...config.include, '../e2e/**/*.ts', '../vitest.setup.ts'] }) },
    csp: {
      mode: 'hash',
      directives: {
        'default-src': ['none'],
        'script-src': ['self'],
        'style-src': ['self'],
        // The one style attribute there is: that of the framework's own route announcer.
        'style-src-attr': ['unsafe-hashes', 'sha256-S8qMpvofolR8Mpjy4kQvEm7m1q8clzU4dfDH0AmvZjo='],
        'img-src': ['self', 'data:'],
        'font-src': ['self'],
        'connect-src': ['self'],
        'manifest-src': ['self'],
        'form-action': ['self'],
        'base-uri': ['none'],
      },
    },
  },
};
