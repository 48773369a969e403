import StatusIndicator, { type StatusIndicatorProps } from '@cloudscape-design/components/status-indicator';
import { campaignTexts as texts } from '../../texts/campaigns.ts';
import { type CampaignLike, stateOf } from './state-of.ts';

const KINDS: Readonly<Record<ReturnType<typeof stateOf>, StatusIndicatorProps.Type>> = {
  active: 'success',
  paused: 'stopped',
  waiting: 'pending',
  ended: 'stopped',
  spent: 'warning',
};

/** Whether it pays now, and if not, why. */
export function CampaignState({ campaign }: { readonly campaign: CampaignLike }) {
  const state = stateOf(campaign, Date.now());
  return <StatusIndicator type={KINDS[state]}>{texts.states[state]}</StatusIndicator>;
}
