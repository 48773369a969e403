import { escapeHtml } from '../html.ts';
import type { Section } from '../markdown.ts';
import { codeBlock } from '../markdown.ts';
import type { Answer, ApiDocument, Call, Media, Parameter } from './document.ts';
import { answersOf, callsOf, hasFields, nameOf, Schemas } from './document.ts';
import { answerOf, jsonOf, mediaExample, requestsOf } from './example.ts';
import type { FieldStyle } from './fields.ts';
import { fieldItem, fieldList, typeHtml } from './fields.ts';

/** `/docs/api`: the OpenAPI document as one light page. */

export interface Reference {
  readonly html: string;
  /** The operations, for the navigation. */
  readonly subNav: string;
  readonly sections: readonly Section[];
}

export interface ReferenceOptions {
  readonly inline: (markdown: string) => string;
  readonly block: (markdown: string) => string;
  /** Where requests can be tried, and how much is loaded for it. */
  readonly tryUrl: string;
  readonly trySize: string;
  /** The page that says what a code means. */
  readonly codeUrl: (code: string) => string;
}

interface Context {
  readonly document: ApiDocument;
  readonly schemas: Schemas;
  readonly options: ReferenceOptions;
}

interface Family {
  readonly id: string;
  readonly title: string;
  readonly description: string;
  readonly calls: readonly Call[];
}

const TITLES: Readonly<Record<string, string>> = { pesaway: "PesaWay's protocol", events: 'Webhook events' };

export function reference(document: ApiDocument, options: ReferenceOptions): Reference {
  const schemas = new Schemas(document);
  const families = familiesOf(document);
  const html = [
    '<h1>API reference</h1>',
    introHtml(document, families, options),
    `<p class="actions"><a class="button" href="${options.tryUrl}">Try it <small>loads ${options.trySize}</small></a>
<a class="button quiet" href="/openapi.json">openapi.json</a></p>`,
    ...families.map((family) => familyHtml(family, { document, schemas, options })),
    objectsHtml(schemas, options),
    headersHtml(document, options),
  ];
  const sections = families.flatMap(({ calls }) =>
    calls.map(({ method, path, operation }) => ({
      id: operation.operationId,
      heading: operation.summary ?? operation.operationId,
      text: [
        operation.operationId,
        method,
        path,
        operation.description,
        ...(operation.parameters ?? []).map(({ name }) => name),
      ].join(' '),
    })),
  );
  const top = { id: '', heading: 'API reference', text: document.info.description ?? '' };
  const last = {
    id: 'headers',
    heading: 'Headers of answers',
    text: Object.keys(document.components?.headers ?? {}).join(' '),
  };
  return { html: html.join('\n'), subNav: subNavOf(families), sections: [top, ...sections, last] };
}

/** What the API is, and where its parts are; what all requests have in common is folded, lest it fill a phone. */
function introHtml({ info }: ApiDocument, families: readonly Family[], options: ReferenceOptions): string {
  const [first = '', ...rest] = (info.description ?? '').split('\n\n');
  const jumps = families.map(({ id, title }) => `<li><a href="#${id}">${escapeHtml(title)}</a></li>`);
  const common = rest.length === 0 ? '' : options.block(rest.join('\n\n'));
  return `${options.block(first)}
${common === '' ? '' : `<details class="common"><summary>What all requests have in common</summary>${common}</details>`}
<ul class="jumps" aria-label="Parts of the API">${jumps.join('')}</ul>`;
}

/** In the order of the document's tags; webhooks are a family, too. */
function familiesOf(document: ApiDocument): Family[] {
  const calls = [...callsOf(document.paths), ...callsOf(document.webhooks)];
  const tagOf = ({ operation }: Call) => operation.tags?.[0]?.toLowerCase() ?? 'other';
  const listed = (document.tags ?? []).map(({ name, description = '' }) => ({ name, description }));
  const names = new Set([...listed.map(({ name }) => name.toLowerCase()), ...calls.map(tagOf)]);
  return [...names].flatMap((name) => {
    const tag = listed.find((each) => each.name.toLowerCase() === name);
    const own = calls.filter((call) => tagOf(call) === name);
    const title = TITLES[name] ?? name.charAt(0).toUpperCase() + name.slice(1);
    return own.length === 0 ? [] : [{ id: `tag-${name}`, title, description: tag?.description ?? '', calls: own }];
  });
}

const isEvent = ({ path }: Call) => !path.startsWith('/');
const placeOf = (call: Call) => (isEvent(call) ? `EVENT ${call.path}` : `${call.method} ${call.path}`);

/** Few enough words to be scanned: an event by its type, an operation by its id, `createOrder` as `Create order`. */
function shortNameOf(call: Call): string {
  if (isEvent(call)) return call.path;
  const words = call.operation.operationId.replace(/By(Get|Post)$/, '').replace(/[A-Z]/g, (letter) => ` ${letter}`);
  const name = words.charAt(0).toUpperCase() + words.slice(1).toLowerCase();
  return /By(?:Get|Post)$/.test(call.operation.operationId) ? `${name} (${call.method})` : name;
}

function subNavOf(families: readonly Family[]): string {
  const groups = families.map(({ id, title, calls }) => {
    const links = calls.map((call) => {
      const to = `href="#${call.operation.operationId}" title="${placeOf(call)}"`;
      return `<li><a ${to}>${escapeHtml(shortNameOf(call))}</a></li>`;
    });
    return `<li><details><summary>${escapeHtml(title)}</summary>
<ul><li><a href="#${id}">Overview</a></li>${links.join('')}</ul></details></li>`;
  });
  return `<ul class="sub">${groups.join('')}<li><a href="#objects">Objects</a></li>
<li><a href="#headers">Headers</a></li></ul>`;
}

function familyHtml({ id, title, description, calls }: Family, context: Context): string {
  return `<h2 id="${id}"><a class="anchor" href="#${id}">${escapeHtml(title)}</a></h2>
${context.options.block(description)}${calls.map((call) => callHtml(call, context)).join('\n')}`;
}

function callHtml(call: Call, { document, schemas, options }: Context): string {
  const { method, path, operation } = call;
  const { operationId: id, summary = '', description = '', parameters = [], requestBody } = operation;
  const answers = answersOf(operation, document);
  const isPosted = isEvent(call);
  const kind = isPosted ? 'EVENT' : method;
  const sent: FieldStyle = { schemas, isSent: true, inline: options.inline };
  const received: FieldStyle = { ...sent, isSent: false };
  const says = description
    .replace(summary, '')
    .replace(/^\W*/, '')
    .replace(/Needs the scope.*$/s, '')
    .trim();
  const scopes = operation['x-required-scopes'] ?? [];
  const body = Object.entries(requestBody?.content ?? {});
  const good = answers.filter(([status]) => /^[23]/.test(status));
  const codes = answers.flatMap(([status, answer]) => codesOf(status, answer, options));
  const left = [
    `<p class="endpoint"><span class="method">${kind}</span> <code>${escapeHtml(path)}</code></p>`,
    says === '' ? '' : options.block(says),
    scopes.length === 0
      ? ''
      : `<p class="scope">Scope ${scopes.map((scope) => `<code>${scope}</code>`).join(' and ')}</p>`,
    ...['path', 'query', 'header'].map((place) => parametersHtml(place, parameters, sent)),
    ...body.map(([type, media]) => bodyHtml(type, media, isPosted ? received : sent)),
    ...good.map(([status, answer]) => (isPosted ? '' : answerHtml(status, answer, received))),
    codes.length === 0 ? '' : `<h4>Errors</h4><ul class="codes">${codes.join('')}</ul>`,
  ];
  return `<section class="call"><h3 id="${id}"><a class="anchor" href="#${id}">${escapeHtml(summary || id)}</a></h3>
<div class="call-text">${left.filter(Boolean).join('\n')}</div>
<div class="call-code">${examplesHtml(call, schemas)}</div></section>`;
}

function parametersHtml(place: string, parameters: readonly Parameter[], style: FieldStyle): string {
  const own = parameters.filter((each) => each.in === place);
  if (own.length === 0) return '';
  const title = { path: 'In the path', query: 'In the query', header: 'Headers' }[place];
  const items = own.map(({ name, schema = {}, description, required = false }) =>
    fieldItem(name, description === undefined ? schema : { ...schema, description }, required, style),
  );
  return `<h4>${title}</h4><ul class="fields">${items.join('')}</ul>`;
}

function bodyHtml(type: string, { schema = {} }: Media, style: FieldStyle): string {
  const list = fieldList(schema, style);
  const name = type === 'application/json' ? 'Body' : `Body as <code>${escapeHtml(type)}</code>`;
  return `<h4>${name}</h4>${list || `<p>${style.inline(schema.description ?? '')}</p>`}`;
}

function answerHtml(status: string, answer: Answer, style: FieldStyle): string {
  const { description, content = {} } = answer;
  const bodies = Object.entries(content).map(([type, { schema = {} }]) => {
    if (type !== 'application/json') return `<p>Or <code>${escapeHtml(type)}</code>.</p>`;
    const isLinked = schema.$ref !== undefined && style.schemas.objects.has(nameOf(schema.$ref));
    if (isLinked) return `<p>The body is ${typeHtml(schema, style.schemas)}.</p>`;
    return fieldList(schema, style) || `<p>The body is a ${typeHtml(schema, style.schemas)}.</p>`;
  });
  const headers = headerLinks(answer);
  return `<h4>Answer ${status}</h4><p>${style.inline(description)}</p>${bodies.join('')}${
    headers === '' ? '' : `<p>Headers: ${headers}</p>`
  }`;
}

/** Every answer has it, so it is named once. */
const OF_EVERY_ANSWER = 'X-Request-Id';

/** The headers that only some answers have, as links to what they mean. */
function headerLinks({ headers = {} }: Answer): string {
  const names = Object.keys(headers).filter((name) => name !== OF_EVERY_ANSWER);
  return names.map((name) => `<a href="#header-${name}">${name}</a>`).join(', ');
}

function headersHtml({ components }: ApiDocument, { inline }: ReferenceOptions): string {
  const headers = Object.entries(components?.headers ?? {});
  if (headers.length === 0) return '';
  const items = headers.map(([name, { description = '', schema = {} }]) => {
    const example = schema.examples?.[0];
    const shown = example === undefined ? '' : ` Such as <code>${escapeHtml(String(example))}</code>.`;
    return `<li id="header-${name}"><code>${name}</code><p>${inline(description)}${shown}</p></li>`;
  });
  return `<h2 id="headers"><a class="anchor" href="#headers">Headers of answers</a></h2>
<p>Every answer has <code>${OF_EVERY_ANSWER}</code>; which others it may have is said beside it.</p>
<ul class="fields">${items.join('')}</ul>`;
}

function codesOf(status: string, answer: Answer, { codeUrl }: ReferenceOptions): string[] {
  const codes = answer['x-codes'] ?? [];
  if (codes.length === 0) return [];
  const links = codes.map((code) => `<a href="${codeUrl(code)}">${escapeHtml(code)}</a>`);
  const headers = headerLinks(answer);
  return [`<li><b>${status}</b> ${links.join(' ')}${headers === '' ? '' : ` <small>with ${headers}</small>`}</li>`];
}

function examplesHtml(call: Call, schemas: Schemas): string {
  const { requestBody } = call.operation;
  if (isEvent(call)) {
    const media = requestBody?.content['application/json'];
    const value = media ? mediaExample(media, schemas, false) : undefined;
    return isAbout(value, call.path) ? codeBlock(jsonOf(value), 'json', 'What is posted') : '';
  }
  const { status, value } = answerOf(call, schemas);
  const answer = status === undefined ? '' : codeBlock(jsonOf(value), 'json', `Answer ${status}`);
  return `${codeBlock(requestsOf(call, schemas), 'sh', 'Request')}${answer}`;
}

/** Several events share the schema of one: the example of an order that succeeded is none of one that failed. */
function isAbout(example: unknown, event: string): boolean {
  if (typeof example !== 'object' || example === null) return false;
  return !('type' in example) || example.type === event;
}

/** Objects that several operations show, once. */
function objectsHtml(schemas: Schemas, { inline }: ReferenceOptions): string {
  const names = [...schemas.objects].filter((name) => hasFields(schemas.resolve(schemas.named(name))));
  const objects = names.map((name) => {
    const schema = schemas.named(name);
    const says = schema.description ? `<p>${inline(schema.description)}</p>` : '';
    const heading = `<h3 id="object-${name}"><a class="anchor" href="#object-${name}">${name}</a></h3>`;
    return `<section class="object">${heading}${says}
${fieldList(schema, { schemas, isSent: false, inline })}</section>`;
  });
  return `<h2 id="objects"><a class="anchor" href="#objects">Objects</a></h2>
<p>Objects that several answers have in common.</p>${objects.join('\n')}`;
}
