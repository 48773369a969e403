/**
 * What people type who want a page that does not use their word, by the page and its heading: without one, the page's
 * first. A query that is one of these finds the page first.
 */
export const SEARCH_WORDS: Readonly<Record<string, string>> = {
  start: 'getting started, first order, tutorial, npm start, base url, endpoint url, host, hello world',
  'quick-start':
    'sample code, code sample, code examples, examples, curl, http client, send airtime, airtime, buy airtime',
  'quick-start#c': 'csharp, .net, dotnet',
  'quick-start#go': 'golang',
  'quick-start#what-all-requests-have-in-common':
    'pagination, paginate, paging, cursor, next page, list pages, content type',
  sandbox:
    'test number, test numbers, test phone, test mode, test data, testing, mock, simulate, fake order, ' + 'test key',
  'sandbox#what-can-be-ordered':
    'data bundle, data bundles, bundle, products list, netone, econet, telecel, zesa, airtime types',
  'sandbox#the-test-clock': 'test clock, time travel, advance time',
  outcomes: 'order status, order statuses, pending order, order failed, status meaning',
  'outcomes#unknown': 'unknown status, stuck order, stuck, pending forever',
  'outcomes#not-delivered': 'refund, refunds, refunded, chargeback, money back',
  'outcomes#electricity-tokens': 'electricity, meter, prepaid token, zesa token',
  'api#getOrder': 'check order status, get order, order by id, query order, poll order, track order',
  'api#getFigures': 'statistics, totals, report, dashboard, analytics, volume',
  'api#listOrders': 'list orders, order history, transactions, transaction history',
  'api#getTarget': 'validate number, check number, phone number format, operator lookup, number lookup, hlr',
  'api#listProducts': 'products, product list, product ids, catalogue, catalog, denominations',
  'api#getWallet': 'balance, check balance, get balance, wallet balance',
  team: 'users, team members, invite user, invitation link, user management, user roles, colleagues, remove user',
  retries:
    'retry, retries, retrying, try again, timeout, time out, idempotency, idempotent, idempotency key, 503, ' +
    'resend order',
  'retries#two-orders-that-look-the-same':
    'duplicate order, duplicate, duplicates, double charge, sent twice, paid twice',
  webhooks: 'callback, callbacks, notification, notifications, ipn, events, webhook',
  'webhooks#verify-it': 'verify signature, signature, hmac, signing, verify webhook',
  'webhooks#change-the-secret': 'rotate secret, webhook secret, rotate webhook secret',
  'webhooks#try-your-receiver-on-your-own-machine': 'ngrok, localhost webhook, tunnel, local webhook, listen',
  'webhooks#events-you-missed': 'missed events, missed webhook, replay webhook, redeliver',
  bulk: 'csv, excel, spreadsheet, upload file, payroll, mass recharge, batch, batches',
  'api#cancelBulk': 'cancel batch, cancel bulk, stop batch, cancel order, cancel',
  campaigns: 'campaign, survey, incentives, rewards, kobo, kobotoolbox, odk, respondents',
  topups:
    'ecocash, onemoney, paynow, pesepay, deposit, fund wallet, add money, add funds, top up, ' +
    'recharge wallet, pay in, bank transfer',
  'topups#be-warned-in-time': 'low balance, balance alert, low balance alert',
  money: 'zig, usd, currency, currencies, rounding, zwg, exchange rate, decimals',
  'api#getStatement': 'statement, monthly statement',
  'money#the-ledger': 'reconciliation, reconcile, accounting, export ledger, invoice',
  keys:
    'api key, api keys, authentication, authenticate, auth, authorization, authorisation, login, log in, ' +
    'token, bearer, credentials, access token, secret key',
  'keys#make-a-key':
    'whitelist, ip whitelist, allowlist, ip allowlist, ip address, cidr, allowed ip, create key, restrict key',
  'keys#scopes': 'permissions, permission, roles, scope',
  'keys#a-key-leaked': 'leaked key, revoke key, compromised, stolen key',
  figures: 'success rate, trend, chart',
  notifications: 'alert, digest, unsubscribe, mailbox',
  requests: 'logs, request log, debug, debugging, request id, history of requests',
  account: 'freeze, suspend, block account, stop spending',
  'going-live':
    'production, go live, going live, live account, live key, sign up, signup, register, onboarding, kyc, ' +
    'commission, commissions, price, prices, pricing, fee, fees, ' +
    'discount, discounts, cost, margin, support, contact, help',
  pesaway: 'migrate, migration, pesaway, send-airtime, kenya api',
  api: 'reference, endpoints, openapi, swagger, api docs, rest api, schema',
  'api#headers': 'headers, retry-after, ratelimit, x-request-id, response headers, idempotent-replayed',
  sdks:
    'sdk, sdks, install, npm, pip, library, libraries, client library, typescript, nodejs, node.js, postman, ' +
    'cli, command line, waitforfinal, wait_for_final',
  errors: 'error, errors, error codes, error code, status codes, 400, 401, 403, 404, 422, 500',
  'errors#insufficient-funds': '402, insufficient funds, insufficient balance, not enough money',
  status: 'uptime, outage, downtime, is it down, health check, status page',
  limits: 'rate limit, rate limits, rate limiting, throttling, quota, 429, too many requests',
  'api#getAccount': 'my limits',
  versioning: 'version, versions, deprecation, breaking changes, breaking change, upgrade',
  glossary: 'terms, definitions, vocabulary',
  changelog: 'release notes, releases, what changed, whats new',
  'report-a-vulnerability': 'report a bug, vulnerability, bug bounty, security contact',
  privacy: 'gdpr, personal data, data protection, erase number, delete data, retention',
};
