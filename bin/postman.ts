import type { ApiDocument, Call, Operation, Parameter } from './site/reference/document.ts';
import { callsOf, Schemas } from './site/reference/document.ts';
import { exampleOf, mediaExample } from './site/reference/example.ts';

/**
 * The OpenAPI document as a collection for Postman (format 2.1): a folder for each tag, a request for each operation,
 * with the examples of the document. The address and the keys are variables of the collection.
 */

const FORMAT = 'https://schema.getpostman.com/json/collection/v2.1.0/collection.json';

/** Ids are made here, so that a new import can replace the one before. */
const COLLECTION_ID = '5f0c2f0e-2a6f-4a39-9d1c-7d6b1a3e8c41';

const INTRODUCTION = `Set \`base_url\` and \`api_key\` under Variables, or in an environment: \`npm start\` prints both.
Begin with a test key, \`atk_test_…\`.

Orders, batches, top-ups and payouts have a reference of yours in the body. The same reference sent again is the
same order, and is never paid twice: change it to make another one.

A payout of a campaign is signed with \`campaign_secret\`. Parameters that may be left out are switched off.`;

const VARIABLES: Readonly<Record<string, string>> = {
  base_url: 'http://localhost:8080',
  api_key: '',
  campaign_secret: '',
};

export function postmanCollection(document: ApiDocument): string {
  const schemas = new Schemas(document);
  const calls = callsOf(document.paths);
  const folders = (document.tags ?? []).map(({ name, description = '' }) => ({
    name,
    description,
    item: calls.filter(({ operation }) => operation.tags?.includes(name)).map((call) => itemOf(call, schemas)),
  }));
  const collection = {
    info: { _postman_id: COLLECTION_ID, name: document.info.title, description: INTRODUCTION, schema: FORMAT },
    auth: apiKey('Authorization', 'Api-Key {{api_key}}'),
    variable: Object.entries(VARIABLES).map(([key, value]) => ({ key, value, type: 'string' })),
    item: folders.filter(({ item }) => item.length > 0),
  };
  return `${JSON.stringify(collection, null, 2)}\n`;
}

const apiKey = (name: string, value: string) => ({
  type: 'apikey',
  apikey: Object.entries({ key: name, value, in: 'header' }).map(([key, text]) => ({
    key,
    value: text,
    type: 'string',
  })),
});

/** What a request needs that the document does not call required, because something else may stand for it. */
const MORE: Readonly<Record<string, unknown>> = {
  previewBulk: { currency: 'USD' },
  createBulk: { currency: 'USD', batch_reference: 'payroll-2026-05' },
  createCampaign: { amount: 2 },
};

function itemOf({ method, path, operation }: Call, schemas: Schemas) {
  const { parameters = [], summary = operation.operationId, description = '', requestBody } = operation;
  const [scheme] = (operation.security ?? []).flatMap(Object.keys);
  const json = requestBody?.content['application/json'];
  return {
    name: summary,
    ...(scheme === 'campaignSignature' ? { event: [SIGNATURE] } : {}),
    request: {
      method,
      description,
      ...authOf(scheme),
      header: [...(json ? [{ key: 'Content-Type', value: 'application/json' }] : []), ...headersOf(operation, scheme)],
      url: urlOf(path, parameters, schemas, scheme === 'bearer'),
      ...(json
        ? {
            body: {
              mode: 'raw',
              raw: JSON.stringify(
                Object.assign({}, mediaExample(json, schemas, true), MORE[operation.operationId]),
                null,
                2,
              ),
              options: { raw: { language: 'json' } },
            },
          }
        : {}),
    },
    response: [],
  };
}

/** Without a line of its own a request has the key of the collection. */
function authOf(scheme: string | undefined) {
  if (scheme === undefined || scheme === 'campaignSignature') return { auth: { type: 'noauth' } };
  if (scheme !== 'bearer') return {};
  return { auth: { type: 'bearer', bearer: [{ key: 'token', value: '{{api_key}}', type: 'string' }] } };
}

function headersOf({ parameters = [] }: Operation, scheme: string | undefined) {
  if (scheme === 'campaignSignature') return SIGNED.map((key) => ({ key, value: `{{${key}}}` }));
  return parameters
    .filter((parameter) => parameter.in === 'header')
    .map(({ name, description = '', example }) => ({
      key: name,
      value: String(example ?? ''),
      description,
      disabled: true,
    }));
}

/** PesaWay's parameters are needed, where the document cannot say so because they may also be in a body. */
function urlOf(path: string, parameters: readonly Parameter[], schemas: Schemas, isPesaway: boolean) {
  const exampleFor = ({ example, schema = {} }: Parameter) => String(example ?? exampleOf(schema, schemas, true));
  const asked = parameters.filter((parameter) => parameter.in === 'query');
  const query = asked.map((parameter) => ({
    key: parameter.name,
    value: exampleFor(parameter),
    description: parameter.description ?? '',
    ...(parameter.required || isPesaway ? {} : { disabled: true }),
  }));
  const places = path.replace(/\{(\w+)\}/g, ':$1');
  const shown = asked
    .filter(({ required }) => required)
    .map((parameter) => `${parameter.name}=${exampleFor(parameter)}`);
  return {
    raw: `{{base_url}}${places}${shown.length > 0 ? `?${shown.join('&')}` : ''}`,
    host: ['{{base_url}}'],
    path: places.split('/').filter(Boolean),
    ...(query.length > 0 ? { query } : {}),
    variable: parameters
      .filter((parameter) => parameter.in === 'path')
      .map((parameter) => ({
        key: parameter.name,
        value: exampleFor(parameter),
        description: parameter.description ?? '',
      })),
  };
}

const SIGNED = ['webhook-id', 'webhook-timestamp', 'webhook-signature'];

/** Postman's sandbox has crypto-js. The body is set to what was signed, since variables in it are replaced later. */
const SIGNATURE = {
  listen: 'prerequest',
  script: {
    type: 'text/javascript',
    exec: [
      "const crypto = require('crypto-js');",
      'const body = pm.variables.replaceIn(pm.request.body.raw);',
      'pm.request.body.update({ mode: "raw", raw: body });',
      "const id = pm.variables.replaceIn('{{$guid}}');",
      'const timestamp = String(Math.floor(Date.now() / 1000));',
      "const key = crypto.enc.Base64.parse(pm.variables.get('campaign_secret').replace(/^whsec_/, ''));",
      'const digest = crypto.HmacSHA256([id, timestamp, body].join("."), key);',
      "pm.variables.set('webhook-id', id);",
      "pm.variables.set('webhook-timestamp', timestamp);",
      "pm.variables.set('webhook-signature', 'v1,' + crypto.enc.Base64.stringify(digest));",
    ],
  },
};
