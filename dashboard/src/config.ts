/** What differs between deployments: everything else is in the build, which is the same everywhere. */
export interface Config {
  readonly issuer: string;
  readonly client_id: string;
  /** Where signing out leads, at an issuer whose own document does not say so. */
  readonly logout_url: string | null;
  readonly stage: 'local' | 'dev' | 'staging' | 'live';
}

export const APP_URL = `${window.location.origin}/app`;

let known: Config | undefined;

/** Whether this is `npm start`, where nothing leaves the machine. */
export function isLocal(): boolean {
  return known?.stage === 'local';
}

export async function loadConfig(): Promise<Config> {
  const answer = await fetch('/app/config.json', { cache: 'no-cache' });
  if (!answer.ok) throw new Error(`config.json: ${answer.status}`);
  const config: Config = await answer.json();
  known = config;
  return config;
}
