import { escapeHtml } from '../html.ts';
import type { Schema, Schemas } from './document.ts';
import { choicesOf, hasFields, nameOf } from './document.ts';

/** Fields of bodies and answers as lists: name, type, whether it may be left out, what it says, and its own fields. */

const VALUES_MAX = 24;
const DEPTH_MAX = 6;

export interface FieldStyle {
  readonly schemas: Schemas;
  /** In what is sent, fields are marked that must be there; in what is received, those that may be missing. */
  readonly isSent: boolean;
  readonly inline: (markdown: string) => string;
}

export function fieldList(schema: Schema, style: FieldStyle, depth = 0): string {
  const { properties = {}, required = [], ...rest } = style.schemas.resolve(schema);
  const own = Object.entries(properties).map(([name, field]) =>
    fieldItem(name, field, required.includes(name), style, depth),
  );
  const { choices } = choicesOf(rest);
  const shapes = rest.anyOf || rest.oneOf ? choices.filter((choice) => hasFields(style.schemas.resolve(choice))) : [];
  const variants = shapes.map((shape, index) => {
    const name = titleOf(shape, style.schemas) ?? `Form ${index + 1}`;
    return shapes.length === 1
      ? fieldList(shape, style, depth)
      : `<li><em>${escapeHtml(name)}</em>${fieldList(shape, style, depth + 1)}</li>`;
  });
  if (shapes.length === 1) return variants.join('');
  const items = [...own, ...variants];
  return items.length === 0 ? '' : `<ul class="fields">${items.join('')}</ul>`;
}

/** The value by which one form of several is known. */
function titleOf(schema: Schema, schemas: Schemas): string | undefined {
  const { properties = {} } = schemas.resolve(schema);
  const fixed = Object.entries(properties).find(([, field]) => field.const !== undefined);
  return fixed ? `${fixed[0]}: ${String(fixed[1].const)}` : undefined;
}

export function fieldItem(name: string, field: Schema, isRequired: boolean, style: FieldStyle, depth = 0): string {
  const { schemas, isSent, inline } = style;
  const resolved = schemas.resolve(field);
  const says = field.description ?? (linkOf(field, schemas) ? undefined : resolved.description);
  const note = isSent === isRequired ? ` <b>${isSent ? 'required' : 'may be missing'}</b>` : '';
  const more = [bounds(resolved), values(field, schemas)].filter(Boolean).join(' ');
  const nested = depth < DEPTH_MAX ? nestedFields(field, style, depth) : '';
  return `<li><code>${escapeHtml(name)}</code> <i>${typeHtml(field, schemas)}</i>${note}${
    says || more ? `<p>${[says ? inline(says) : '', more].filter(Boolean).join(' ')}</p>` : ''
  }${nested}</li>`;
}

function nestedFields(field: Schema, style: FieldStyle, depth: number): string {
  const inner = innerOf(field, style.schemas);
  if (inner === undefined) return '';
  const list = fieldList(inner, style, depth + 1);
  return list === '' ? '' : `<details><summary>Its fields</summary>${list}</details>`;
}

/** The schema of the objects in a field, unless they are shown in a place of their own. */
function innerOf(field: Schema, schemas: Schemas): Schema | undefined {
  if (linkOf(field, schemas)) return undefined;
  const resolved = schemas.resolve(field);
  if (resolved.items) return innerOf(resolved.items, schemas);
  const { choices } = choicesOf(resolved);
  if (resolved.anyOf || resolved.oneOf) {
    const shown = choices.filter((choice) => !linkOf(choice, schemas));
    if (shown.length === 1 && shown[0]) return innerOf(shown[0], schemas);
    return shown.some((choice) => hasFields(schemas.resolve(choice))) ? { anyOf: shown } : undefined;
  }
  if (hasFields(resolved)) return resolved;
  const { additionalProperties } = resolved;
  return typeof additionalProperties === 'object' ? innerOf(additionalProperties, schemas) : undefined;
}

function linkOf({ $ref }: Schema, schemas: Schemas): string | undefined {
  const name = $ref === undefined ? undefined : nameOf($ref);
  return name !== undefined && schemas.objects.has(name) ? name : undefined;
}

/** A type in words; one with a place of its own as a link there. */
export function typeHtml(schema: Schema, schemas: Schemas): string {
  const link = linkOf(schema, schemas);
  if (link) return `<a href="#object-${link}">${link}</a>`;
  const resolved = schemas.resolve(schema);
  const { choices, isNullable } = choicesOf(resolved);
  const names = choices.map((choice) =>
    choice === resolved ? plainType(resolved, schemas) : typeHtml(choice, schemas),
  );
  const all = [...new Set(names), ...(isNullable ? ['null'] : [])];
  return all.join(' or ');
}

function plainType(schema: Schema, schemas: Schemas): string {
  const { type, format, items, additionalProperties } = schema;
  if (schema.const !== undefined) return typeof schema.const;
  if (items) return `list of ${typeHtml(items, schemas)}`;
  if (type === 'object' && typeof additionalProperties === 'object') {
    return `object of ${typeHtml(additionalProperties, schemas)} by name`;
  }
  if (type === undefined) return schema.enum ? typeof schema.enum[0] : 'any';
  return escapeHtml(format === 'date-time' || format === 'uri' ? format : String(type));
}

function values(field: Schema, schemas: Schemas): string {
  const resolved = schemas.resolve(field);
  const inner = resolved.items ? schemas.resolve(resolved.items) : resolved;
  const all = choicesOf(inner).choices.flatMap((choice) => {
    const { enum: listed, const: fixed } = schemas.resolve(choice);
    return fixed === undefined ? (listed ?? []) : [fixed];
  });
  const shown = [...new Set(all)].filter((value) => value !== null);
  if (shown.length === 0) return '';
  const list = shown.slice(0, VALUES_MAX).map((value) => `<code>${escapeHtml(String(value))}</code>`);
  return `${shown.length === 1 ? 'Always' : 'One of'} ${list.join(', ')}${shown.length > VALUES_MAX ? ', …' : ''}.`;
}

function bounds({ minimum, maximum, minLength, maxLength, default: without }: Schema): string {
  const range = (from: number | undefined, to: number | undefined, unit: string) => {
    if (to === undefined) return from === undefined || from === 0 ? '' : `At least ${from}${unit}.`;
    return from === undefined ? `At most ${to}${unit}.` : from === to ? `${to}${unit}.` : `${from} to ${to}${unit}.`;
  };
  return [
    range(minLength, maxLength, ' characters'),
    range(minimum, maximum, ''),
    without === undefined ? '' : `Without it: <code>${escapeHtml(String(without))}</code>.`,
  ]
    .filter(Boolean)
    .join(' ');
}
