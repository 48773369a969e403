import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from '@jest/globals';
import { Duration, RemovalPolicy } from 'aws-cdk-lib';
import { RetentionDays } from 'aws-cdk-lib/aws-logs';
import type { Stage } from '../../lib/stage.ts';
import { STAGE_DEFAULTS, stage } from '../../lib/stage.ts';
import { chooseStage, stageProblems } from '../../lib/stage-problems.ts';
import { stages } from '../../lib/stages.ts';
import { TRIAL_RATES } from '../../shared/manifest/call-rates.ts';
import { CONCURRENCY } from '../../shared/manifest/concurrency.ts';
import { SAMPLE_STAGES } from './sample-stages.ts';

const { dev, staging, live } = SAMPLE_STAGES;
const account = live.account ?? '';

/** Fields as a deployer may write them: nothing checks types on the way to a synth. */
const problemsOf = (changes: Partial<Record<keyof Stage, unknown>>) => stageProblems({ ...live, ...changes } as Stage);
const reserving = (changes: Record<string, unknown>) => ({ concurrency: { ...CONCURRENCY.live, ...changes } });

describe('a stage', () => {
  it.each(Object.values(SAMPLE_STAGES))('$name is accepted with all its values', (stage) => {
    expect(stageProblems(stage)).toEqual([]);
  });

  it.each<[Partial<Record<keyof Stage, unknown>>, string]>([
    [{ account: '' }, 'live: account is missing: put the twelve digits of your AWS account into lib/stages.ts.'],
    [{ account: '4444-5555' }, 'live: account is 4444-5555, which is no AWS account: '],
    [{ account: 444_455_556 }, 'live: account is 444455556, which is no AWS account: '],
    [{ region: '' }, 'live: region is missing: put the region that is to keep your data into lib/stages.ts'],
    [{ region: 'eu-west' }, 'live: region eu-west is no AWS region: '],
    [
      { domain: { name: 'https://x.example.com' } },
      'live: domain.name is "https://x.example.com": write the name alone',
    ],
    [
      { domain: { name: 'x.example.com', zoneId: 'example.com' }, mailFrom: undefined },
      'live: domain.zoneId is "example.com", which is no',
    ],
    [{ domain: undefined }, 'live: mailFrom is "no-reply@airtime.example.com", but the stage has no domain'],
    [{ mailFrom: 'no-reply@example.com' }, 'write an address at the domain, such as no-reply@airtime.example.com'],
    [{ firewall: { perAddress: 9, perKey: 10 } }, 'live: firewall.perAddress is 9: AWS takes no less than 10'],
    [{ firewall: { perAddress: Number.NaN, perKey: 10 } }, 'live: firewall.perAddress is NaN: AWS takes no less'],
    [{ concurrency: { quota: 1_000, consumersMax: 5 } }, 'live: concurrency.reserved is missing: write an object, {}'],
    [
      { concurrency: undefined },
      'live: concurrency is missing: write an object with quota and reserved and consumersMax',
    ],
    [reserving({ quota: Number.NaN }), 'live: concurrency.quota is NaN: write a whole number above 0'],
    [reserving({ quota: -1 }), 'live: concurrency.quota is -1: write a whole number above 0'],
    [reserving({ quota: undefined }), 'live: concurrency.quota is undefined: write a whole number above 0'],
    [{ alarms: undefined }, 'live: alarms is missing: write an object with high and medium into lib/stages.ts.'],
    [{ alarms: { high: live.alarms.high } }, 'live: alarms.medium is missing: write a list of texts'],
    [{ providers: undefined }, 'live: providers is missing: write a list of texts'],
    [
      { account: 444_455_556_666 },
      'live: account is 444455556666, which is no AWS account: write its twelve digits, in',
    ],
    [{ backups: { keptFor: 35, isLocked: true } }, 'live: backups.keptFor is 35: write a duration, e.g. Duration.days'],
    [{ headsLockedFor: 730 }, 'live: headsLockedFor is 730: write a duration'],
    [{ logRetention: 31 }, 'live: logRetention is 31: write a retention that CloudWatch knows'],
    [{ accessLogRetention: Number.NaN }, 'live: accessLogRetention is null: write a retention that CloudWatch knows'],
    [{ tracing: undefined }, 'live: tracing is missing: write true or false'],
    [{ mailFrom: 5 }, 'live: mailFrom is 5: write an address in quotes'],
    [{ firewal: live.firewall } as object, 'live: firewal is no field of a stage: correct its name'],
    [{ throttle: { rate: 5, burts: 5, burst: 5 } }, 'live: throttle.burts is no field of a stage'],
    [
      { domain: { name: `${'a'.repeat(60)}.example.com` }, mailFrom: undefined },
      'live: domain.name has 72 characters, and a certificate takes 64',
    ],
    [
      { backupVaultArn: 'arn:aws:backup:us-east-1:777788889999:backup-vault:airtime' },
      "live: backupVaultArn is in us-east-1: name a vault in the stage's region or its backupRegion",
    ],
    [{ backupRegion: 'eu-west' }, 'live: backupRegion eu-west is no AWS region: '],
    [{ backupRegion: live.region }, 'live: backupRegion is the region itself: name another one'],
    [
      { backupVaultArn: 'airtime' },
      'live: backupVaultArn is "airtime", which is no vault: write its ARN, e.g. arn:aws',
    ],
    [
      { backupVaultArn: `arn:aws:backup:eu-west-1:${account}:backup-vault:airtime` },
      "live: backupVaultArn is of the stage's own account: name a vault of another one",
    ],
    [
      { anomalyMonitorArn: 'services' },
      'live: anomalyMonitorArn is "services", which is no monitor: write what aws ce',
    ],
    [{ account: '111122223333' }, 'live: anomalyMonitorArn is of the account 444455556666: write that of this'],
    [
      { alarms: { high: live.alarms.high, medium: live.alarms.high } },
      'live: anomalyMonitorArn is given, but alarms.medium has no mail address',
    ],
    [{ backups: undefined, backupRegion: undefined }, 'live: backupVaultArn is given, but the stage has no backups'],
    [
      { backups: undefined, backupVaultArn: undefined },
      `live: backupRegion is ${live.backupRegion}, but the stage has no backups`,
    ],
    [{ alarms: { ...live.alarms, high: [] } }, 'live: alarms.high has no address: put the pager of whoever is on call'],
    [{ alarms: { ...live.alarms, medium: [] } }, 'live: alarms.medium has no address: put a mailbox that is read'],
    [
      { alarms: { ...live.alarms, high: ['+263772279099'] } },
      'live: alarms.high has "+263772279099", which is neither',
    ],
    [{ alarms: { ...live.alarms, high: ['http://x.example'] } }, 'live: alarms.high has "http://x.example", which'],
    [{ providers: ['hotcharge'] }, 'live: providers has hotcharge: a stage can have hotrecharge and pesaway'],
    [{ throttle: { rate: 0, burst: 5 } }, 'live: throttle.rate is 0: write a whole number above 0'],
    [{ retentionDays: Number.NaN }, 'live: retentionDays is NaN: write a whole number above 0'],
    [{ budgetDollars: 0 }, 'live: budgetDollars is 0: write a whole number above 0'],
    [reserving({ quota: 756 }), 'live: concurrency.quota is 756 and 657 are reserved, but AWS keeps 100 unreserved'],
    [
      reserving({ quota: 10 }),
      'ask AWS for a quota of 757 or more (docs/deploying.md, "Quotas"; a new account has 10)',
    ],
    [reserving({ consumersMax: 1 }), 'live: concurrency.consumersMax is 1: AWS allows 2 to 1000.'],
    [
      reserving({ reserved: { 'create-orders': 5 } }),
      'live: concurrency.reserved has create-orders, which is no function',
    ],
    [reserving({ reserved: { 'run-bulk': 13 } }), 'live: concurrency.reserved gives run-bulk 13, and it needs 14'],
  ])('is refused with what is wrong and what to do: %j', (changes, sentence) => {
    expect(problemsOf(changes)).toEqual([expect.stringContaining(sentence)]);
  });

  it('with several faults names them all', () => {
    expect(problemsOf({ account: '', region: '', alarms: { high: [], medium: [] } })).toHaveLength(4);
  });

  it('may use up its quota to the last that AWS allows to be reserved', () => {
    expect(problemsOf(reserving({ quota: 757 }))).toEqual([]);
  });

  it('needs no account and no addresses where it is for development', () => {
    expect([dev.account, dev.alarms.high]).toEqual([undefined, []]);
    expect(stageProblems({ ...staging, alarms: { high: [], medium: [] } })).toEqual([]);
  });
});

describe('the stage of a deployment', () => {
  it('must be named, and there must be such a stage', () => {
    expect(chooseStage(undefined, SAMPLE_STAGES, undefined)).toEqual([
      'Which stage? Say -c stage=dev; the stages are dev, staging, live.',
    ]);
    expect(chooseStage('prod', SAMPLE_STAGES, undefined)).toEqual([
      'There is no stage prod; the stages are dev, staging, live.',
    ]);
  });

  it('is not synthesized with credentials of another account', () => {
    expect(chooseStage('live', SAMPLE_STAGES, '999999999999')).toEqual([
      expect.stringContaining('live: the credentials are of the account 999999999999, and the stage has 444455556666'),
    ]);
    for (const credentials of [account, undefined]) expect(chooseStage('live', SAMPLE_STAGES, credentials)).toBe(live);
    expect(chooseStage('dev', SAMPLE_STAGES, '999999999999')).toBe(dev);
  });

  it('shares its account with no other stage, whose reservations would be of the same quota', () => {
    const shared = { ...SAMPLE_STAGES, staging: { ...staging, account } };
    expect(chooseStage('live', shared, account)).toEqual([
      'live: account is also that of staging: give each stage an account of its own.',
    ]);
  });

  it('has no account of its own in dev, but is not deployed with the credentials of another stage', () => {
    expect(chooseStage('dev', SAMPLE_STAGES, account)).toEqual([
      'dev: the credentials are of the account of live: use those of an account of its own.',
    ]);
  });

  it('as committed: dev works at once, and what others lack is only what a deployer must say', () => {
    expect(stageProblems(stages.dev)).toEqual([]);
    for (const name of ['staging', 'live'] as const) {
      for (const problem of stageProblems(stages[name])) expect(problem).toMatch(/is missing: put|has no address: put/);
    }
  });

  it('without a name ends with one sentence, before anything is bundled', () => {
    const { status, stdout, stderr } = spawnSync(process.execPath, ['bin/airtime.ts'], {
      encoding: 'utf8',
      env: { ...process.env, CDK_CONTEXT_JSON: '{}' },
    });
    expect([status, stdout, stderr.replace(/^\(node.*\n.*trace-warnings.*\n/gm, '')]).toEqual([
      1,
      '',
      'Which stage? Say -c stage=dev; the stages are dev, staging, live.\n',
    ]);
  });
});

describe('examples of pages', () => {
  const block = (page: string, from: RegExp) => {
    const blocks = readFileSync(page, 'utf8').matchAll(/^ *```ts\n(.*?)^ *```$/gms);
    const [, text = ''] = [...blocks].find(([, each = '']) => from.test(each)) ?? [];
    return text.replace(/^import .*\n/gm, '');
  };
  const read = (fields: string): Partial<Stage> => {
    const known = { stage, Duration, RemovalPolicy, RetentionDays, CONCURRENCY };
    return new Function(...Object.keys(known), `return ({ ${fields} })`)(...Object.values(known));
  };
  const { live: example } = read(block('docs/deploying.md', /stage\('live'/)) as { live: Stage };

  it('a whole stage of docs/deploying.md passes', () => {
    expect(stageProblems(example)).toEqual([]);
    expect([example.name, example.backups?.keptFor.toDays(), example.logRetention]).toEqual(['live', 30, 180]);
  });

  it.each(['a third one', 'none'])(
    'the values of docs/recovery.md for a lost region pass, with copies in %s',
    (copies) => {
      const { backupVaultArn: _, mailFrom: __, ...kept } = live;
      const moved = { ...kept, ...read(block('docs/recovery.md', /backupRegion/)) };
      const { backupRegion, ...alone } = moved;
      expect([moved.region, backupRegion]).toEqual([live.backupRegion, expect.not.stringMatching(`^${live.region}$`)]);
      expect(stageProblems(copies === 'none' ? alone : moved)).toEqual([]);
    },
  );
});

describe('the table of fields in docs/deploying.md', () => {
  const source = readFileSync('lib/stage.ts', 'utf8');
  const rows = [...readFileSync('docs/deploying.md', 'utf8').matchAll(/^\| `([\w.]+)` \|(.*)\|$/gm)].map(
    ([, field = '', cells = '']) => [field, ...cells.split(' | ').map((cell) => cell.trim())],
  );
  const ofStage = rows.filter(({ length }) => length === 5);

  /** The fields of an interface, those that have parts of their own by their parts. */
  function fieldsOf(name: string): string[] {
    const [, body = ''] = new RegExp(`interface ${name} \\{\n(.*?)\n\\}`, 's').exec(source) ?? [];
    return [...body.matchAll(/^ {2}readonly (\w+)\??: (\w+)/gm)].flatMap(([, field = '', type = '']) => {
      const parts = ['Domain', 'AlarmAddresses'].includes(type) ? fieldsOf(type) : [];
      return parts.length > 0 ? parts.map((part) => `${field}.${part}`) : [field];
    });
  }

  it('has all that is whoever deploys, and nothing that is not', () => {
    const own = fieldsOf('Own');
    expect(own.length).toBeGreaterThan(8);
    const owned = ofStage.filter(([field = '']) => own.includes(field));
    expect(owned.map(([field]) => field)).toEqual(own);
    for (const [field = '', ...needed] of owned) {
      expect([field, needed.slice(0, 3)]).toEqual([
        field,
        expect.arrayContaining([expect.stringMatching(/^(yours|–)$/)]),
      ]);
    }
  });

  it('has the default of everything else in each stage', () => {
    const own = fieldsOf('Own');
    const names = ['dev', 'staging', 'live'] as const;
    const byStage = names.map((name) => new Map(cellsOf(STAGE_DEFAULTS[name])));
    const fields = [...new Set(byStage.flatMap((cells) => [...cells.keys()]))];
    expect(fieldsOf('StageDefaults').length).toBeGreaterThan(20);
    const expected = fields.map((field) => [field, ...byStage.map((cells) => cells.get(field) ?? '–')]);
    const found = ofStage.filter(([field = '']) => !own.includes(field)).map((row) => row.slice(0, 4));
    expect(found.toSorted()).toEqual(expected.toSorted());
    for (const [field, , , , text = ''] of ofStage) expect([field, text.length]).toEqual([field, expect.any(Number)]);
  });

  /** Each value as the page writes it. */
  function cellsOf(value: object, prefix = ''): [string, string][] {
    return Object.entries(value).flatMap(([name, each]): [string, string][] => {
      const field = `${prefix}${name}`;
      if (field === 'name') return [];
      if (each === TRIAL_RATES) return [[field, 'a tenth']];
      if (field === 'concurrency.reserved') return [[field, `${Object.keys(each).length} functions`]];
      if (each instanceof Duration) return [[field, each.toHumanString()]];
      if (typeof each === 'object') return cellsOf(each, `${field}.`);
      if (typeof each === 'boolean') return [[field, each ? 'yes' : 'no']];
      return [[field, typeof each === 'number' ? each.toLocaleString('en') : String(each)]];
    });
  }
});
