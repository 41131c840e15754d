// Draws the OpenAPI document: operations by subject, each drawn whole when it is first opened.

const METHODS = ['get', 'post', 'put', 'patch', 'delete'];
const found = document.getElementById('found');
const search = document.getElementById('search');
let api;

/** An element with properties and children; a string child is text, so nothing is ever parsed as HTML. */
function h(tag, properties, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(properties ?? {})) {
    if (name.startsWith('on')) element.addEventListener(name.slice(2), value);
    else if (value !== undefined && value !== false) element.setAttribute(name, value === true ? '' : value);
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

/** Text with `code` in it. */
function inline(text) {
  return String(text).split('`').map((part, place) => (place % 2 ? h('code', {}, part) : part));
}

function prose(text) {
  return (text ?? '').split(/\n\s*\n/).filter((part) => part.trim()).map((part) => h('p', {}, inline(part)));
}

function resolve(schema) {
  let found = schema ?? {};
  while (found.$ref) {
    const parts = found.$ref.slice(2).split('/');
    found = parts.reduce((held, part) => held[part.replaceAll('~1', '/').replaceAll('~0', '~')], api);
  }
  return found;
}

/** The alternatives of a schema, null left out. */
function ways(schema) {
  const held = resolve(schema);
  const listed = held.anyOf ?? held.oneOf;
  return listed ? listed.flatMap(ways).filter((one) => one.type !== 'null') : [held];
}

function mayBeNull(schema) {
  const held = resolve(schema);
  return (held.anyOf ?? held.oneOf ?? []).some((one) => resolve(one).type === 'null');
}

function typeOf(schema) {
  const words = ways(schema).map((one) => {
    if (one.enum) return one.enum.map((value) => JSON.stringify(value)).join(' | ');
    if ('const' in one) return JSON.stringify(one.const);
    if (one.type === 'array') return `list of ${typeOf(one.items ?? {})}`;
    if (one.format) return `${one.type} (${one.format})`;
    return one.type ?? (one.properties ? 'object' : 'anything');
  });
  return [...new Set(words)].join(' or ') + (mayBeNull(schema) ? ' or null' : '');
}

function limitsOf(schema) {
  const held = ways(schema)[0] ?? {};
  const said = [];
  if (held.default !== undefined) said.push(`default ${JSON.stringify(held.default)}`);
  if (held.minimum !== undefined) said.push(`from ${held.minimum}`);
  if (held.maximum !== undefined) said.push(`to ${held.maximum}`);
  if (held.maxLength !== undefined) said.push(`at most ${held.maxLength} characters`);
  if (held.maxItems !== undefined) said.push(`at most ${held.maxItems} items`);
  if (held.pattern) said.push(`matches ${held.pattern}`);
  return said.join(', ');
}

/** A value of the schema, from its own examples where it has them. */
function exampleOf(schema, inside = []) {
  const outer = resolve(schema);
  if (schema?.examples?.length) return schema.examples[0];
  if (outer.examples?.length) return outer.examples[0];
  const held = ways(outer)[0] ?? {};
  if (held.examples?.length) return held.examples[0];
  if (outer.default !== undefined) return outer.default;
  if ('const' in held) return held.const;
  if (held.enum) return held.enum[0];
  if (held.properties) {
    if (inside.includes(held)) return {};
    const deeper = [...inside, held];
    return Object.fromEntries(
      Object.entries(held.properties).map(([name, value]) => [name, exampleOf(value, deeper)]),
    );
  }
  if (held.type === 'array') {
    const one = inside.length > 6 ? undefined : exampleOf(held.items, inside);
    return one === undefined ? [] : [one];
  }
  if (held.format === 'date') return '2026-03-31';
  if (held.format === 'date-time') return '2026-03-31T12:00:00Z';
  if (held.format === 'uuid') return '7f3b0e5c-54d0-4a60-9f57-3f5f8d0f5c11';
  return { integer: 1, number: 1, boolean: true, string: 'text' }[held.type] ?? null;
}

/** What a create needs and a person would send: required fields, and those with examples of their own. */
function payloadOf(schema) {
  const held = ways(schema)[0] ?? {};
  const whole = exampleOf(schema);
  if (!held.properties || typeof whole !== 'object') return whole;
  const needed = new Set(held.required ?? []);
  const kept = Object.entries(whole).filter(
    ([name, value]) => needed.has(name) || (held.properties[name].examples && value !== null),
  );
  return kept.length ? Object.fromEntries(kept) : Object.fromEntries(Object.entries(whole).slice(0, 1));
}

/** The fields of an object, or of a list's objects, each opening to its own; null where there are none. */
function fieldsOf(schema, { sent, inside = [] }) {
  const objects = ways(schema)
    .map((one) => (one.type === 'array' ? ways(one.items ?? {}) : [one]))
    .flat()
    .filter((one) => one.properties && !inside.includes(one));
  if (!objects.length) return null;
  return objects.map((object) => {
    const needed = new Set(object.required ?? []);
    const rows = Object.entries(object.properties).map(([name, value]) => {
      const line = [
        h('span', { class: 'name' }, h('code', {}, name)),
        ' ',
        h('span', { class: 'soft' }, typeOf(value)),
        sent && needed.has(name) ? h('span', { class: 'needed' }, ' required') : null,
        limitsOf(value) ? h('span', { class: 'soft' }, ` · ${limitsOf(value)}`) : null,
        described(value) ? h('div', { class: 'soft' }, inline(described(value))) : null,
      ];
      const deeper = fieldsOf(value, { sent, inside: [...inside, object] });
      return h('li', {}, deeper ? h('details', {}, h('summary', {}, line), deeper) : line);
    });
    return h('ul', { class: 'schema' }, rows);
  });
}

function described(schema) {
  return schema.description ?? (schema.$ref ? undefined : ways(schema)[0]?.description);
}

function table(caption, heads, rows) {
  if (!rows.length) return null;
  return h(
    'section',
    {},
    h('h4', {}, caption),
    h(
      'div',
      { class: 'scroll' },
      h(
        'table',
        {},
        h('thead', {}, h('tr', {}, heads.map((head) => h('th', { scope: 'col' }, head)))),
        h('tbody', {}, rows.map((row) => h('tr', {}, row.map((cell) => h('td', {}, cell))))),
      ),
    ),
  );
}

function parametersOf(operation) {
  const listed = (operation.parameters ?? []).map(resolve);
  return table(
    'Parameters',
    ['Name', 'In', 'Type', 'About'],
    listed.map((one) => [
      [h('code', {}, one.name), one.required ? h('span', { class: 'needed' }, ' required') : null],
      one.in,
      [typeOf(one.schema), limitsOf(one.schema) ? h('div', { class: 'soft' }, limitsOf(one.schema)) : null],
      inline(one.description ?? one.schema?.description ?? ''),
    ]),
  );
}

function contentOf(held) {
  const [type, media] = Object.entries(held?.content ?? {})[0] ?? [];
  return type ? { type, media } : null;
}

function block(title, value) {
  return [h('h4', {}, title), h('pre', { tabindex: 0 }, JSON.stringify(value, null, 2))];
}

function bodyOf(operation) {
  const content = contentOf(resolve(operation.requestBody));
  if (!content) return null;
  return h(
    'section',
    {},
    h('h4', {}, 'Request body ', h('span', { class: 'soft' }, content.type)),
    prose(resolve(content.media.schema).description),
    fieldsOf(content.media.schema, { sent: true }),
    block('Example request', payloadOf(content.media.schema)),
  );
}

function answersOf(operation) {
  const answers = Object.entries(operation.responses ?? {}).map(([status, held]) => [status, resolve(held)]);
  const good = answers.filter(([status]) => status < '400');
  const bad = answers.filter(([status]) => status >= '400');
  return [
    good.map(([status, answer]) => {
      const content = contentOf(answer);
      return h(
        'section',
        {},
        h('h4', {}, `Response ${status} `, h('span', { class: 'soft' }, content?.type ?? 'no body')),
        content && content.type.includes('json') ? fieldsOf(content.media.schema, { sent: false }) : null,
        content && content.type.includes('json') && ways(content.media.schema)[0]?.properties
          ? block('Example response', exampleOf(content.media.schema))
          : null,
      );
    }),
    table('Problems', ['Status', 'Type', 'Meaning'], bad.map(([status, answer]) => [
      status,
      problemsOf(answer).map((slug) => h('div', {}, h('a', { href: `/v1/problems/${slug}` }, slug))),
      inline(answer.description ?? ''),
    ])),
  ];
}

function problemsOf(answer) {
  return Object.values(answer.content ?? {}).flatMap((media) => Object.keys(media.examples ?? {}));
}

function curlOf(method, path, operation) {
  const parameters = (operation.parameters ?? []).map(resolve);
  const example = (one) => String(one.examples?.[0] ?? one.example ?? exampleOf(one.schema) ?? one.name);
  const filled = path.replaceAll(/\{(\w+)\}/g, (_, name) => {
    const one = parameters.find((held) => held.name === name);
    return one ? encodeURIComponent(example(one)) : name;
  });
  const asked = parameters.filter((one) => one.in === 'query' && one.required);
  const query = asked.map((one) => `${one.name}=${encodeURIComponent(example(one))}`).join('&');
  const parts = [`curl${method === 'get' ? '' : ` -X ${method.toUpperCase()}`} ${quoted(location.origin + filled + (query && `?${query}`))}`];
  if ((operation.security ?? api.security).length > 0) parts.push('-H "Authorization: Bearer $TOKEN"');
  if (parameters.some((one) => one.in === 'header' && one.name.toLowerCase() === 'if-match')) {
    parts.push('-H "If-Match: $ETAG"');
  }
  const content = contentOf(resolve(operation.requestBody));
  if (content?.type.includes('json')) {
    parts.push(`--json ${quoted(JSON.stringify(payloadOf(content.media.schema)))}`);
  } else if (content?.type.includes('form')) {
    for (const [name, value] of Object.entries(payloadOf(content.media.schema))) {
      if (value !== null) parts.push(`--data-urlencode ${quoted(`${name}=${value}`)}`);
    }
  }
  return parts.join(' \\\n  ');
}

function quoted(text) {
  return `'${text.replaceAll("'", "'\\''")}'`;
}

function copyable(text) {
  const button = h('button', { type: 'button', onclick: copy }, 'Copy');
  async function copy() {
    await navigator.clipboard.writeText(text);
    button.textContent = 'Copied';
    setTimeout(() => (button.textContent = 'Copy'), 2000);
  }
  return h('div', { class: 'curl' }, h('pre', { tabindex: 0 }, text), navigator.clipboard ? button : null);
}

function drawOperation(operation) {
  const { method, path, held } = operation;
  const body = h('div', { class: 'body' });
  const element = h(
    'details',
    { class: 'operation', id: held.operationId },
    h(
      'summary',
      {},
      h('h3', {}, h('span', { class: `method ${method}` }, method), h('code', { class: 'path' }, path), h('span', { class: 'what' }, held.summary ?? '')),
    ),
    body,
  );
  element.addEventListener('toggle', () => {
    if (element.open && !body.hasChildNodes()) {
      body.append(
        ...prose(held.description),
        h('h4', {}, 'With curl'),
        copyable(curlOf(method, path, held)),
        ...[parametersOf(held), bodyOf(held), answersOf(held)].flat(Infinity).filter(Boolean),
      );
    }
  });
  operation.element = element;
  return element;
}

function operationsOf(document) {
  return Object.entries(document.paths).flatMap(([path, item]) =>
    METHODS.filter((method) => item[method]).map((method) => {
      const held = item[method];
      const words = [method, path, held.summary, held.description, held.operationId, ...(held.tags ?? [])];
      return { method, path, held, tag: held.tags?.[0] ?? 'other', words: words.join(' ').toLowerCase() };
    }),
  );
}

function draw(document_) {
  const operations = operationsOf(document_);
  const tags = [...new Set([...(document_.tags ?? []).map(({ name }) => name), ...operations.map(({ tag }) => tag)])];
  const about = Object.fromEntries((document_.tags ?? []).map(({ name, description }) => [name, description]));
  const sections = tags
    .map((tag) => ({ tag, held: operations.filter((operation) => operation.tag === tag) }))
    .filter(({ held }) => held.length)
    .map(({ tag, held }) => {
      const id = `tag-${tag.replaceAll(/\W+/g, '-')}`;
      const section = h('section', { 'aria-labelledby': id }, h('h2', { id }, tag), prose(about[tag]), held.map(drawOperation));
      const count = h('span', {}, String(held.length));
      return { held, section, count, link: h('li', {}, h('a', { href: `#${id}` }, tag, count)) };
    });
  document.getElementById('version').textContent = document_.info.version;
  document.getElementById('introduction').replaceChildren(...prose(document_.info.description));
  const place = document.getElementById('sections');
  place.replaceChildren(...sections.map(({ section }) => section));
  place.removeAttribute('aria-busy');
  document.getElementById('tags').replaceChildren(...sections.map(({ link }) => link));
  search.addEventListener('input', () => narrow(operations, sections));
  narrow(operations, sections);
}

function narrow(operations, sections) {
  const words = search.value.toLowerCase().split(/\s+/).filter(Boolean);
  for (const operation of operations) {
    operation.element.hidden = !words.every((word) => operation.words.includes(word));
  }
  for (const { held, section, count, link } of sections) {
    const shown = held.filter(({ element }) => !element.hidden).length;
    count.textContent = String(shown);
    section.hidden = link.hidden = shown === 0;
  }
  const shown = operations.filter(({ element }) => !element.hidden).length;
  found.textContent = shown ? `${shown} operation${shown === 1 ? '' : 's'}` : 'None; try fewer words.';
}

function openTarget() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target?.matches('details')) {
    target.open = true;
    target.scrollIntoView();
  }
}

try {
  const answer = await fetch('/v1/openapi.json');
  if (!answer.ok) throw new Error(`it answered ${answer.status}`);
  api = await answer.json();
  draw(api);
  openTarget();
  addEventListener('hashchange', openTarget);
} catch (error) {
  const place = document.getElementById('sections');
  place.removeAttribute('aria-busy');
  place.replaceChildren(h('p', { role: 'alert' }, `The OpenAPI document cannot be read: ${error.message}. Reload the page to try again.`));
}
