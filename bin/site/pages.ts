/**
 * The pages of the documentation, in the order of the navigation. A new page of `docs/` is one line here; a test fails
 * while it has none.
 */

export interface Page {
  /** The Markdown, or the OpenAPI document, that it is made of, from the top of the repository. */
  readonly source: string;
  /** Its URL is `/docs/` and this. */
  readonly slug: string;
  readonly title: string;
  /** One sentence: on cards, in results of a search, in `/llms.txt`. */
  readonly summary: string;
}

export interface Group {
  readonly title: string;
  readonly pages: readonly Page[];
}

const guide = (name: string, title: string, summary: string): Page => ({
  source: `docs/${name}.md`,
  slug: name,
  title,
  summary,
});

export const GROUPS: readonly Group[] = [
  {
    title: 'Start',
    pages: [
      guide('start', 'Start here', 'A first test order, its status, its webhook and a failure, in three minutes.'),
      guide('quick-start', 'Quick start', 'One order from your own code, in seven languages, with its retries.'),
      guide('sandbox', 'The sandbox', 'Test keys, and the numbers that bring about each outcome of an order.'),
    ],
  },
  {
    title: 'Guides',
    pages: [
      guide('outcomes', 'Outcomes', 'What each status means, where the money is, and what to do.'),
      guide('retries', 'Retries', 'Send an order again whenever you are not sure: it stays one order.'),
      guide('webhooks', 'Webhooks', 'Signed events about how orders end, with code to verify them in six languages.'),
      guide('bulk', 'Bulk', 'Many recharges from one CSV: preview it, run it, read the result of each row.'),
      guide('campaigns', 'Campaigns', 'Pay the respondents of a survey, each once, within a budget.'),
      guide('topups', 'Top-ups', 'Pay into your wallet, and be warned before it is empty.'),
      guide('money', 'Money', 'Currencies, amounts that are never rounded, the wallet and its ledger.'),
      guide('keys', 'API keys', 'Make keys with only the scopes they need, roll them, and end those that leaked.'),
      guide('team', 'People and roles', 'Sign up, invite people to a role, and remove them.'),
      guide(
        'notifications',
        'Notifications',
        'Who is mailed what: low balances, failing endpoints, batches, reviews, top-ups.',
      ),
      guide('figures', 'Figures', 'How much was sent each day, and what came of it.'),
      guide('requests', 'Requests', 'What did we send? What was refused or failed, for 30 days.'),
      guide('account', 'Freeze an account', 'Stop all spending at once, look, and go on.'),
      guide('pesaway', 'Coming from PesaWay', "Keep your client: the same requests as PesaWay's airtime API."),
      guide('going-live', 'Going live', 'What to try first, what to ask for, where, and what it costs.'),
    ],
  },
  {
    title: 'Reference',
    pages: [
      {
        source: 'docs/openapi.json',
        slug: 'api',
        title: 'API reference',
        summary: 'Every operation with its fields, its answers, its errors and an example.',
      },
      guide('sdks', 'SDKs and tools', 'Clients for your language, and a collection of requests for Postman.'),
      {
        source: 'sdk/typescript/README.md',
        slug: 'sdk-typescript',
        title: 'TypeScript SDK',
        summary: 'Every method for TypeScript and JavaScript, its errors, and the command line.',
      },
      {
        source: 'sdk/python/README.md',
        slug: 'sdk-python',
        title: 'Python SDK',
        summary: 'Every method for Python, its errors, lists, waiting and webhooks.',
      },
      guide('errors', 'Errors', 'Every code that the API refuses with, what it means, and what to do.'),
      guide('status', 'Status', 'Whether the API answers, and how each provider is at present.'),
      guide('limits', 'Limits', 'How many requests and how many things of a kind a merchant may have.'),
      guide('ledger-heads', 'Signed heads', 'Prove that your ledger was not rewritten, by daily signatures.'),
      guide('versioning', 'Versions', 'What may change at any time, what does not, and how you are notified.'),
      guide('glossary', 'Glossary', 'The words that this documentation uses, one meaning each.'),
      {
        source: 'CHANGELOG.md',
        slug: 'changelog',
        title: 'Changelog',
        summary: 'What changed for integrators; breaking changes first.',
      },
    ],
  },
  {
    title: 'Operating',
    pages: [
      guide('architecture', 'Architecture', 'The parts, the states of an order, and the life of one.'),
      guide('providers', 'Providers', 'What is known of each upstream, and how certain it is.'),
      guide('deploying', 'Deploying', 'From an empty AWS account to the first live order, and back.'),
      guide(
        'delivery',
        'Delivery',
        'How a change gets to live: gate, difference, guard, staging, smoke test, approval.',
      ),
      guide('recovery', 'Recovery', 'What is kept, how much a bad day may cost, and the steps back from each.'),
      guide('security', 'Security', 'Each claim about security with the code and the test behind it.'),
      guide('privacy', 'Personal data', 'Which data about people is held, why, and for how long.'),
      guide('runbook', 'Runbook', 'What to do for each alarm and each rare event.'),
      guide('testing', 'Testing', 'How the system is tested, and how to replay a failure.'),
      guide('proof', 'Proof', 'What the simulation proved, in figures.'),
      guide('performance', 'Performance', 'What an order costs in time and money, measured.'),
      guide('costs', 'Costs', 'What AWS charges for a stage, idle and by the number of orders.'),
      guide('scale', 'Scale', 'Where the ceilings are, and what comes after them.'),
      {
        source: 'docs/decisions/README.md',
        slug: 'decisions',
        title: 'Decisions',
        summary: 'Why it is built so: one note for each decision.',
      },
    ],
  },
];

/** Pages that are found by links and searches only. */
export const UNLISTED: readonly Page[] = [
  {
    source: 'SECURITY.md',
    slug: 'report-a-vulnerability',
    title: 'Report a vulnerability',
    summary: 'Threats, trust boundaries, and where to report a weakness.',
  },
];

/** Files that are served as they are, and where. */
export const FILES: Readonly<Record<string, string>> = { 'docs/postman.json': '/docs/postman.json' };

/** Headings of the README, which is no page: where a link to one leads. */
export const README_LINKS: Readonly<Record<string, string>> = {
  '': '/docs',
  'a-first-order': '/docs/start',
  routes: '/docs/api',
  operating: '/docs/runbook',
};

/** Where a program reads the page. */
export function plainUrlOf({ slug, source }: Page): string {
  return source.endsWith('.json') ? '/openapi.json' : `/docs/${slug}.md`;
}

export const listedPages: readonly Page[] = GROUPS.flatMap(({ pages }) => pages);
