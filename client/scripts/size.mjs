// How much JavaScript each page loads before it can be used, gzipped; run it after `npm run build`.
// Fails when a first page, one that a person lands on, loads more than the budget.
import { readFileSync } from 'node:fs';
import { gzipSync } from 'node:zlib';

const BUDGET_KB = 80;
const FIRST_PAGES = [/^\/$/, /^\/sign-in$/, /^\/plans\/\[[^\]]+\](\/(dashboard|my-work))?$/];

const root = new URL('../', import.meta.url);
const text = (path) => readFileSync(new URL(path, root), 'utf8');
const CLIENT = '.svelte-kit/output/client/';
const GENERATED = '.svelte-kit/generated/client-optimized/';

const manifest = JSON.parse(text(`${CLIENT}.vite/manifest.json`));
const app = text(`${GENERATED}app.js`);
const dictionary = /export const dictionary = (\{[\s\S]*?\n?\s*\});/.exec(app)?.[1];
if (!dictionary) throw new Error('The list of routes was not found in the built app.');

/** Routes and the numbers of their nodes: `"/(app)/plans/[plan]": [3, [2]]` is page 3 within layout 2. */
const routes = Object.entries(JSON.parse(dictionary.replace(/,(?=[,\]])/g, ',null')));

const chunks = Object.values(manifest);

function entry(source) {
  const found = chunks.find(({ src }) => src?.endsWith(source));
  if (!found) throw new Error(`${source} is not in the build manifest.`);
  return found;
}

function withImports(chunk, seen = new Set()) {
  if (seen.has(chunk.file)) return seen;
  seen.add(chunk.file);
  for (const name of chunk.imports ?? []) withImports(manifest[name], seen);
  return seen;
}

const weights = new Map();
function weight(file) {
  if (!weights.has(file)) weights.set(file, gzipSync(readFileSync(new URL(CLIENT + file, root)), { level: 9 }).length);
  return weights.get(file);
}

const start = [entry('kit/src/runtime/client/entry.js'), entry('client-optimized/app.js')];

const pages = routes.map(([route, [page, layouts = []]]) => {
  const nodes = [0, ...layouts.filter((node) => node !== null), page];
  const files = new Set();
  for (const chunk of [...start, ...nodes.map((node) => entry(`client-optimized/nodes/${node}.js`))]) {
    for (const file of withImports(chunk)) files.add(file);
  }
  const kb = [...files].reduce((sum, file) => sum + weight(file), 0) / 1000;
  const path = route.replace(/\/\([^)]+\)/g, '') || '/';
  return { path, kb, files: files.size, isFirst: FIRST_PAGES.some((pattern) => pattern.test(path)) };
});

pages.sort((a, b) => b.kb - a.kb);
for (const { path, kb, files, isFirst } of pages) {
  console.log(`${kb.toFixed(1).padStart(6)} kB  ${String(files).padStart(2)} files  ${path}${isFirst ? '  (first page)' : ''}`);
}

const worst = pages.find(({ isFirst }) => isFirst);
if (!worst) throw new Error('No first page was found: FIRST_PAGES no longer fits the routes.');
console.log(`first page, gzip JavaScript: ${worst.kb.toFixed(1)} kB of ${BUDGET_KB} kB`);
if (worst.kb > BUDGET_KB) process.exit(1);
