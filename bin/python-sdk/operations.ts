import type { ApiDocument, Call, Media, Parameter, Schema } from '../site/reference/document.ts';
import { choicesOf, Schemas } from '../site/reference/document.ts';
import { annotationOf, docString, isPythonName, optional, snakeCase } from './annotation.ts';
import type { PythonMethod } from './methods.ts';
import { COMFORT, pythonMethods, REPEATABLE } from './methods.ts';

/** The methods of the asynchronous client for Python: one for each operation of the OpenAPI document. */

const HEAD = `"""The methods of the client. Made by \`npm run docs\` from the OpenAPI document: change nothing here."""

from __future__ import annotations

from typing import AsyncIterator, List, Literal, Optional, Union

from . import types
from ._async_comfort import AsyncBulkComfort, AsyncCampaignsComfort, AsyncListenersComfort, AsyncOrdersComfort
from ._async_page import AsyncPage
from ._async_resource import AsyncResource
from ._async_transport import AsyncTransport
from ._request import UNSET, Unset, given, preference, segment
from .types import Amount
`;

export function pythonOperations(document: ApiDocument): string {
  const methods = pythonMethods(document);
  const resources = [...new Set(methods.map(({ resource }) => resource))];
  const schemas = new Schemas(document);
  const classes = resources.map((resource) => {
    const own = methods.filter((method) => method.resource === resource);
    return [
      `\n\nclass ${className(resource)}(${COMFORT[resource] ?? 'AsyncResource'}):`,
      ...docString(`\`client.${resource}\``, '    '),
      ...own.map((method) => methodText(method, schemas)),
      '',
    ].join('\n');
  });
  return [HEAD, ...classes, ...groupsText(resources)].join('');
}

const className = (resource: string) =>
  resource
    .split('.')
    .map((word) => word.charAt(0).toUpperCase() + word.slice(1))
    .join('');

/** `webhooks.endpoints` is a resource in another, which may have methods of its own. */
function groupsText(resources: readonly string[]): string[] {
  const outer = [...new Set(resources.map((resource) => resource.split('.')[0] ?? ''))];
  const innerOf = (name: string) => resources.filter((resource) => resource.startsWith(`${name}.`));
  const groups = outer.filter((name) => innerOf(name).length > 0);
  const made = (names: readonly string[]) =>
    names.map((name) => {
      const kind = groups.includes(name) ? `${className(name)}Group` : className(name);
      return `        self.${name.split('.').at(-1)} = ${kind}(transport)`;
    });
  const classText = (head: string, says: string, lines: readonly string[]) =>
    [
      `\n\nclass ${head}:`,
      ...docString(says, '    '),
      '\n    def __init__(self, transport: AsyncTransport) -> None:',
      ...lines,
      '',
    ].join('\n');
  return [
    ...groups.map((name) => {
      const base = resources.includes(name) ? className(name) : 'AsyncResource';
      const lines = ['        super().__init__(transport)', ...made(innerOf(name))];
      return classText(`${className(name)}Group(${base})`, `\`client.${name}\``, lines);
    }),
    classText('AsyncResources', 'Everything that a client can do, by resource.', made(outer)),
  ];
}

/** A parameter of a method, from the path, the query, a header or the body. */
interface Argument {
  readonly name: string;
  readonly sentAs: string;
  readonly in: string;
  /** What is sent, where it is not the argument itself. */
  readonly value?: string;
  readonly annotation: string;
  readonly isRequired: boolean;
  readonly isNullable: boolean;
  readonly says: string;
}

/** The header `Prefer` in seconds. */
const WAIT: Argument = {
  name: 'wait_seconds',
  sentAs: 'Prefer',
  in: 'header',
  value: 'preference(wait_seconds)',
  annotation: 'int',
  isRequired: false,
  isNullable: false,
  says: 'How long to wait for the outcome, up to 25 seconds; 0 does not wait.',
};

/** What makes a list a file, where both are at one path. */
const AS_CSV: Argument = {
  name: 'format',
  sentAs: 'format',
  in: 'query',
  value: '"csv"',
  annotation: 'str',
  isRequired: true,
  isNullable: false,
  says: '',
};

function methodText({ name, call, isCsv }: PythonMethod, schemas: Schemas): string {
  const answer = isCsv ? csvAnswer(call) : answerOf(call, schemas);
  const all = argumentsOf(call, schemas, isCsv);
  const hasFormat = isCsv && call.operation.parameters?.some((parameter) => parameter.name === 'format');
  const places = all.filter((argument) => argument.in === 'path');
  const others = all.filter((argument) => argument.in !== 'path');
  const signature = [
    ...['self', ...places.map((argument) => `${argument.name}: ${argument.annotation}`)],
    ...(others.length > 0 ? ['*', ...others.map(declaration)] : []),
  ];
  const { summary = '', 'x-required-scopes': scopes = [] } = call.operation;
  const needs = scopes.length > 0 ? [`Needs the scope ${scopes.map((scope) => `\`${scope}\``).join(' and ')}.`] : [];
  const says = [`${summary}.`, ...needs].join(' ');
  const list = all.filter((argument) => argument.says !== '').map(({ name: field, says: text }) => `${field}: ${text}`);
  return [
    `\n    ${answer.function === 'parts' ? '' : 'async '}def ${name}(`,
    ...signature.map((part) => `        ${part},`),
    `    ) -> ${answer.annotation}:`,
    ...docString(list.length > 0 ? [says, '', ...list].join('\n') : says, '        '),
    ...bodyText(call, hasFormat ? [...all, AS_CSV] : all, answer),
  ].join('\n');
}

function declaration({ name, annotation, isRequired, isNullable }: Argument): string {
  if (isRequired) return `${name}: ${annotation}`;
  return isNullable ? `${name}: Union[${annotation}, Unset] = UNSET` : `${name}: ${optional(annotation)} = None`;
}

interface PythonAnswer {
  readonly annotation: string;
  /** The type of the JSON, by whose fields an answer is known as ours. */
  readonly json?: string;
  /** Of the transport. */
  readonly function: 'call' | 'page' | 'text' | 'parts';
}

/** A file that comes in parts has a cursor. */
function csvAnswer({ operation }: Call): PythonAnswer {
  const hasParts = operation.parameters?.some((parameter) => parameter.name === 'cursor') ?? false;
  return hasParts ? { annotation: 'AsyncIterator[str]', function: 'parts' } : { annotation: 'str', function: 'text' };
}

function answerOf({ operation }: Call, schemas: Schemas): PythonAnswer {
  const answers = Object.entries(operation.responses).filter(([status]) => status.startsWith('2'));
  const [json] = answers.flatMap(([, { content }]) => content?.['application/json']?.schema ?? []);
  if (!json) throw new Error(`${operation.operationId} answers no JSON.`);
  const item = itemOf(json, schemas);
  const style = { prefix: 'types.', isSent: false };
  const annotation = annotationOf(json, style);
  return item
    ? { annotation: `AsyncPage[${annotationOf(item, style)}]`, json: annotation, function: 'page' }
    : { annotation, json: annotation, function: 'call' };
}

/**
 * What is listed, where the answer is a list with an end. A preview is a thing with a list in it, and has an id of its
 * own; whoever went through all that a listener gets would ask without a pause for ever.
 */
function itemOf(schema: Schema, schemas: Schemas): Schema | undefined {
  const { properties = {} } = schemas.resolve(schema);
  const { data, next_cursor, preview_id } = properties;
  const isList = preview_id === undefined && next_cursor !== undefined && choicesOf(next_cursor).isNullable;
  return isList ? data?.items : undefined;
}

/** Those of the path first, then what is sent, then how. */
function argumentsOf({ operation }: Call, schemas: Schemas, isCsv: boolean): Argument[] {
  const { parameters = [], requestBody } = operation;
  const body = bodyArguments(requestBody?.content['application/json'], schemas);
  const isInBody = ({ name }: Parameter) => body.some(({ sentAs }) => sentAs === name);
  const left = isCsv ? ['format', 'cursor', 'limit'] : ['format'];
  const asked = parameters.filter((parameter) => !isInBody(parameter) && !left.includes(parameter.name));
  return [
    ...asked.filter((parameter) => parameter.in === 'path').map(parameterArgument),
    ...body,
    ...asked.filter((parameter) => parameter.in === 'query').map(parameterArgument),
    ...(asked.some(({ name }) => name === WAIT.sentAs) ? [WAIT] : []),
  ];
}

const SENT = { prefix: 'types.', isSent: true };
const argumentName = (name: string) => (isPythonName(name) ? snakeCase(name) : `${name}_`);

function parameterArgument({ name, in: place, required = false, description = '', schema = {} }: Parameter): Argument {
  return {
    name: argumentName(name),
    sentAs: name,
    in: place,
    annotation: annotationOf(schema, SENT),
    isRequired: required,
    isNullable: false,
    says: description,
  };
}

function bodyArguments(json: Media | undefined, schemas: Schemas): Argument[] {
  const { properties = {}, required = [] } = schemas.resolve(json?.schema ?? {});
  return Object.entries(properties).map(([name, schema]) => ({
    name: argumentName(name),
    sentAs: name,
    in: 'body',
    annotation: annotationOf(schema, SENT),
    isRequired: required.includes(name),
    isNullable: choicesOf(schema).isNullable,
    says: schema.description ?? '',
  }));
}

function bodyText({ method, path, operation }: Call, all: readonly Argument[], answer: PythonAnswer): string[] {
  const names = new Map(all.map(({ sentAs, name }) => [sentAs, name]));
  const url = path.replace(/\{(\w+)\}/g, (_, sentAs) => `{segment(${names.get(sentAs)})}`);
  const repeatable = method === 'GET' ? 'True' : (REPEATABLE[operation.operationId] ?? 'False');
  const isPublic = operation.security?.every((scheme) => Object.keys(scheme).length === 0) ?? false;
  const parts = [
    `"${method}"`,
    `${url === path ? '' : 'f'}"${url}"`,
    ...given('query', all),
    ...given('header', all),
    ...(operation.requestBody ? given('body', all) : []),
    ...(isPublic ? ['needs_key=False'] : []),
    ...(answer.json ? [`answers=${answer.json}`] : []),
    `repeatable=${repeatable}`,
  ];
  const awaited = answer.function === 'parts' ? '' : 'await ';
  return [
    `        return ${awaited}self._transport.${answer.function}(`,
    ...parts.map((part) => `            ${part},`),
    '        )',
  ];
}

/** Arguments of a place by the names under which they are sent; those that were not given are left out. */
function given(place: string, all: readonly Argument[]): string[] {
  const own = all.filter((argument) => argument.in === place);
  if (own.length === 0) return place === 'body' ? ['body={}'] : [];
  const pairs = own.map(({ sentAs, name, value = name }) => `                "${sentAs}": ${value},\n`).join('');
  const nullable = own.filter(({ isNullable }) => isNullable).map(({ sentAs }) => `"${sentAs}"`);
  const keeps = nullable.length > 0 ? `, keeps_none={${nullable.join(', ')}}` : '';
  return [`${place === 'header' ? 'headers' : place}=given({\n${pairs}            }${keeps})`];
}
