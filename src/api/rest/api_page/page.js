// Shows what /v3/api-docs describes and calls it with the token of whoever logged in here.
'use strict';

const methods = ['get', 'post', 'put', 'patch', 'delete'];
let api;
let token = '';

function element(name, properties = {}, ...children) {
  const made = Object.assign(document.createElement(name), properties);
  made.append(...children);
  return made;
}

function resolved(schema) {
  const name = schema && schema.$ref && schema.$ref.split('/').pop();
  return name ? (api.components.schemas[name] || {}) : (schema || {});
}

// A value of the schema's shape, to be changed by hand.
function example(schema, depth = 0) {
  const known = resolved(schema);
  if (known.example !== undefined) return known.example;
  if (known.default !== undefined) return known.default;
  if (known.enum) return known.enum[0];
  const all = known.allOf || (known.oneOf && known.oneOf.slice(0, 1));
  if (all) return Object.assign({}, ...all.map(each => example(each, depth)));
  if (known.type === 'array') return depth > 3 ? [] : [example(known.items, depth + 1)];
  if (known.properties) {
    if (depth > 3) return {};
    return Object.fromEntries(Object.entries(known.properties)
      .filter(([, property]) => !property.readOnly)
      .map(([name, property]) => [name, example(property, depth + 1)]));
  }
  return { integer: 0, number: 0, boolean: false, string: '', object: {} }[known.type] ?? {};
}

function bodyOf(operation) {
  const content = operation.requestBody && operation.requestBody.content;
  return content && Object.entries(content)[0];
}

function parameterInput(parameter) {
  const schema = resolved(parameter.schema);
  if (!schema.enum) return element('input', { value: schema.default ?? '' });
  return element('select', {}, element('option'), ...schema.enum.map(each => element('option', {}, each)));
}

function pretty(text) {
  try { return JSON.stringify(JSON.parse(text), null, 2); } catch { return text; }
}

async function send(method, path, operation, inputs, body, file, shown) {
  let url = path;
  const query = new URLSearchParams();
  for (const [parameter, input] of inputs) {
    if (parameter.in === 'path') url = url.replace(`{${parameter.name}}`, encodeURIComponent(input.value));
    else if (input.value !== '') query.append(parameter.name, input.value);
  }
  if (query.size) url += '?' + query;
  const headers = token ? { 'X-Authorization': 'Bearer ' + token } : {};
  let content;
  if (file) {
    content = new FormData();
    if (file.files[0]) content.append('file', file.files[0]);
  } else if (body) {
    content = body.value;
    headers['Content-Type'] = bodyOf(operation)[0];
  }
  shown.textContent = '…';
  try {
    const answer = await fetch(url, { method: method.toUpperCase(), headers, body: content });
    const type = answer.headers.get('Content-Type') || '';
    const text = /json|text/.test(type) ? pretty(await answer.text()) : `(${(await answer.blob()).size} bytes of ${type})`;
    shown.textContent = `${answer.status} ${answer.statusText}\n${method.toUpperCase()} ${url}\n\n${text}`;
  } catch (error) {
    shown.textContent = String(error);
  }
}

function about(method, path, operation) {
  const box = element('div', { className: 'about' });
  if (operation.description) box.append(element('p', {}, operation.description));
  const inputs = (operation.parameters || []).map(parameter => [parameter, parameterInput(parameter)]);
  for (const [parameter, input] of inputs) {
    input.required = Boolean(parameter.required);
    box.append(element('label', {},
      element('span', {}, element('code', {}, parameter.name), parameter.required ? ' *' : '', ` (${parameter.in})`), input));
  }
  const content = bodyOf(operation);
  const file = content && content[0].startsWith('multipart/') ? element('input', { type: 'file' }) : null;
  const body = content && !file
    ? element('textarea', { spellcheck: false, value: JSON.stringify(example(content[1].schema), null, 2) }) : null;
  if (file || body) box.append(element('label', {}, element('span', {}, `Body (${content[0]})`), file || body));
  const shown = element('pre');
  box.append(element('button', { onclick: () => send(method, path, operation, inputs, body, file, shown) }, 'Send'), shown);
  return box;
}

function row(method, path, operation) {
  const details = element('details', {}, element('summary', {},
    element('span', { className: `method ${method}` }, method), element('code', {}, path),
    element('span', { className: 'summary' }, operation.summary || '')));
  details.dataset.words = `${method} ${path} ${operation.summary || ''} ${(operation.tags || []).join(' ')}`.toLowerCase();
  details.addEventListener('toggle', () => {
    if (details.open && !details.querySelector('.about')) details.append(about(method, path, operation));
  });
  return details;
}

function show() {
  const tags = new Map();
  for (const [path, item] of Object.entries(api.paths)) {
    for (const method of methods.filter(each => item[each])) {
      const tag = (item[method].tags || ['other'])[0];
      if (!tags.has(tag)) tags.set(tag, []);
      tags.get(tag).push(row(method, path, item[method]));
    }
  }
  const sections = [...tags].sort(([a], [b]) => a.localeCompare(b))
    .map(([tag, rows]) => element('section', {}, element('h2', {}, tag), ...rows));
  document.getElementById('tags').replaceChildren(...sections);
}

document.getElementById('filter').addEventListener('input', event => {
  const wanted = event.target.value.toLowerCase().split(/\s+/);
  for (const section of document.querySelectorAll('section')) {
    let any = false;
    for (const details of section.querySelectorAll('details')) {
      details.hidden = !wanted.every(word => details.dataset.words.includes(word));
      any ||= !details.hidden;
    }
    section.hidden = !any;
  }
});

document.getElementById('login').addEventListener('submit', async event => {
  event.preventDefault();
  const who = document.getElementById('who');
  const username = document.getElementById('user').value;
  const answer = await fetch('/api/auth/login', {
    method: 'POST', headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ username, password: document.getElementById('password').value }),
  });
  const said = await answer.json().catch(() => ({}));
  token = answer.ok ? said.token : '';
  who.textContent = token ? `Logged in as ${username}` : (said.message || `Error ${answer.status}`);
});

fetch('/v3/api-docs').then(answer => answer.json()).then(described => { api = described; show(); })
  .catch(error => { document.getElementById('tags').textContent = String(error); });
