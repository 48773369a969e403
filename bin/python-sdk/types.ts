import type { ApiDocument, Schema } from '../site/reference/document.ts';
import { annotationOf, docString, isPythonName, literal } from './annotation.ts';

/** The types of what the API answers and sends: one `TypedDict` for each object of the OpenAPI document. */

const HEAD = `"""What the API answers, as types. Made by \`npm run docs\` from the OpenAPI document.

Answers are plain dictionaries. New fields, codes and values of enumerations may be added at any time.
"""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Dict, List, Literal, Optional, TypedDict, Union

Number = Union[int, Decimal]
"""A number of an answer. It is never a float: an amount of money is exact."""

Amount = Union[int, float, Decimal, str]
"""An amount to send, in major units. One that has more decimals than its currency is refused, never rounded."""
`;

const STYLE = { prefix: '', isSent: false };

export function pythonTypes(document: ApiDocument): string {
  const all = Object.entries(answered(document));
  const aliases = all.filter(([, schema]) => schema.enum);
  const objects = all.filter(([, schema]) => schema.type === 'object');
  const unions = all.filter(([, schema]) => schema.anyOf);
  if (aliases.length + objects.length + unions.length < all.length) throw new Error('A schema has an unknown form.');
  const parts = [
    HEAD,
    `ErrorCode = ${literal(document.components?.schemas?.Problem?.properties?.code?.enum ?? [])}\n`,
    ...aliases.map(([name, schema]) => `${name} = ${literal(schema.enum ?? [])}\n`),
    ...objects.map(([name, schema]) => typedDict(name, schema)),
    ...unions.map(([name, schema]) => `${name} = ${annotationOf(schema, STYLE)}\n`),
  ];
  return parts.join('\n');
}

/** Without the bodies of requests: their fields are parameters of methods. */
function answered(document: ApiDocument): Record<string, Schema> {
  const all = document.components?.schemas ?? {};
  const seen = new Set<string>();
  const open = [...refsIn([document.webhooks, Object.values(document.paths).map(answersOf)]), 'AnyEvent', 'Problem'];
  for (let name = open.pop(); name !== undefined; name = open.pop()) {
    if (seen.has(name)) continue;
    seen.add(name);
    open.push(...refsIn(all[name]));
  }
  return Object.fromEntries(Object.entries(all).filter(([name]) => seen.has(name)));
}

const answersOf = (item: ApiDocument['paths'][string]) => Object.values(item).map(({ responses }) => responses);

const refsIn = (value: unknown) =>
  [...JSON.stringify(value ?? null).matchAll(/"#\/components\/schemas\/(\w+)"/g)].map(([, name = '']) => name);

/** Fields that may be absent are in a class below it, because \`NotRequired\` is younger than Python 3.9. */
function typedDict(name: string, { properties = {}, required = [], description }: Schema): string {
  const fields = Object.entries(properties);
  const isNeeded = ([field]: [string, Schema]) => required.includes(field);
  const odd = fields.filter(([field]) => !isPythonName(field));
  if (!odd.every(isNeeded)) throw new Error(`${name} has a field that may be absent and is no name in Python.`);
  const needed = fields.filter((field) => isNeeded(field) && isPythonName(field[0]));
  const others = fields.filter((field) => !isNeeded(field));
  const bases = [odd.length > 0 ? `_${name}Words` : '', others.length > 0 ? `_${name}Optional` : ''].filter(Boolean);
  const words = odd.map(([field, schema]) => `"${field}": "${annotationOf(schema, STYLE).replaceAll('"', "'")}"`);
  return [
    ...(words.length > 0 ? [`\n_${name}Words = TypedDict("_${name}Words", {${words.join(', ')}})\n`] : []),
    ...(others.length > 0 ? [`\nclass _${name}Optional(TypedDict, total=False):\n${fieldLines(others)}`] : []),
    `\nclass ${name}(${bases.length > 0 ? bases.join(', ') : 'TypedDict'}):`,
    ...(description ? docString(description, '    ') : []),
    needed.length > 0 ? fieldLines(needed) : '    pass\n',
  ].join('\n');
}

function fieldLines(fields: readonly [string, Schema][]): string {
  const lines = fields.flatMap(([name, schema]) => {
    const says = schema.description ? docString(schema.description, '    ') : [];
    return [`    ${name}: ${annotationOf(schema, STYLE)}`, ...says];
  });
  return `${lines.join('\n')}\n`;
}
