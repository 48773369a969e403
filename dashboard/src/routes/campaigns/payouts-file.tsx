import Button from '@cloudscape-design/components/button';
import SpaceBetween from '@cloudscape-design/components/space-between';
import { useAct } from '../../api/act.ts';
import { partsOf } from '../../api/parts.ts';
import { useScope } from '../../api/queries.ts';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { saveFile } from '../../parts/save-file.ts';
import { campaignTexts as texts } from '../../texts/campaigns.ts';

/** Saves all payouts with the status that is chosen, however many parts the API gives them in. */
export function PayoutsFile({ campaignId, status }: { readonly campaignId: string; readonly status: string }) {
  const scope = useScope();
  const save = useAct({
    mutationFn: async () => {
      const query = { format: 'csv', ...(status ? { status } : {}) } as const;
      const parts: string[] = [];
      const input = { path: { campaign_id: campaignId }, query: query as never };
      for await (const part of partsOf(scope, 'listPayouts', input)) parts.push(part);
      saveFile(`payouts-${campaignId}.csv`, 'text/csv', parts);
    },
  });
  return (
    <SpaceBetween size="xs">
      <Button iconName="download" loading={save.isPending} onClick={() => save.mutate()}>
        {texts.download}
      </Button>
      {save.error && <ProblemAlert error={save.error} onRetry={() => save.mutate()} />}
    </SpaceBetween>
  );
}
