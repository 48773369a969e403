/** Signed requests for one campaign, made of the code in the guide: there is one text of it, which tests run. */

interface Particular {
  readonly baseUrl: string;
  readonly campaignId: string;
  /** Where each request names its own. */
  readonly amount?: string;
}

export type Language = 'node' | 'python' | 'php' | 'apps' | 'kobo' | 'shell';

/** Below which heading the guide has the code of each. */
const HEADINGS: Readonly<Record<Language, string>> = {
  node: 'Node',
  python: 'Python',
  php: 'PHP',
  apps: 'Google Apps Script',
  kobo: 'KoboToolbox',
  shell: 'In a shell',
};

const RESPONDENT = 'uuid:7f3a';
const NUMBER = '0772279099';

export function samplesOf(
  guide: Readonly<Record<string, string>>,
  particular: Particular,
): readonly { language: Language; text: string }[] {
  const { baseUrl, campaignId } = particular;
  const code = (language: Language) => `${guide[HEADINGS[language]]}\n`;
  const amount = particular.amount === undefined ? '' : `, amount: '${particular.amount}'`;
  const json = JSON.stringify({
    respondent_id: RESPONDENT,
    target: NUMBER,
    ...(particular.amount === undefined ? {} : { amount: particular.amount }),
  });
  return [
    {
      language: 'node',
      text: `${code('node')}
const campaign = { baseUrl: '${baseUrl}', campaignId: '${campaignId}', secret: process.env.CAMPAIGN_SECRET };
console.log(await pay(campaign, { respondent_id: '${RESPONDENT}', target: '${NUMBER}'${amount} }));
`,
    },
    {
      language: 'python',
      text: `${code('python').replace('import base64, hmac, json, time', 'import base64, hmac, json, os, time')}
print(pay("${baseUrl}", "${campaignId}", os.environ["CAMPAIGN_SECRET"], ${json}))
`,
    },
    {
      language: 'php',
      text: `${code('php')}
print_r(pay('${baseUrl}', '${campaignId}', getenv('CAMPAIGN_SECRET'), json_decode('${json}', true)));
`,
    },
    {
      language: 'apps',
      text: `// BASE_URL: ${baseUrl}
// CAMPAIGN_ID: ${campaignId}
${withAmount(code('apps'), 'target: phone', amount)}`,
    },
    {
      language: 'kobo',
      text: koboOf(code('python'), code('kobo'), particular),
    },
    {
      language: 'shell',
      text: code('shell')
        .replace(/^CAMPAIGN_ID=.*\nCAMPAIGN_SECRET=.*\n/m, `CAMPAIGN_ID=${campaignId}\n`)
        .replace(/^BODY=.*$/m, `BODY='${json}'`)
        .replace('$AIRTIME_URL', baseUrl),
    },
  ];
}

/** One file instead of two, with what it would read from elsewhere but the secrets. */
function koboOf(pay: string, relay: string, { baseUrl, campaignId, amount }: Particular): string {
  const one = relay
    .replace(/^import .*\nfrom payouts import pay\n/, 'import http.server, os\n')
    .replace('os.environ["AIRTIME_URL"]', `"${baseUrl}"`)
    .replace('os.environ["CAMPAIGN_ID"]', `"${campaignId}"`);
  const named = amount === undefined ? '' : `, "amount": "${amount}"`;
  return `${pay}\n${withAmount(one, '"target": answers["phone"]', named)}`;
}

function withAmount(code: string, after: string, amount: string): string {
  return code.replace(after, `${after}${amount}`);
}
