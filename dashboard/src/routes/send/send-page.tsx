import SpaceBetween from '@cloudscape-design/components/space-between';
import { useState } from 'react';
import type { Answer } from '../../api/client.ts';
import { isRefused } from '../../api/problem.ts';
import { useChange } from '../../api/queries.ts';
import { Page } from '../../parts/page.tsx';
import { ProblemAlert } from '../../parts/problem-alert.tsx';
import { useDraft } from '../../parts/use-draft.ts';
import { useKept } from '../../parts/use-kept.ts';
import { sendTexts as texts } from '../../texts/send.ts';
import { ConfirmSend } from './confirm-send.tsx';
import { afterRefusal, type KeptOrder, keptFor } from './kept-order.ts';
import { NOTHING_TYPED, type Ready, SendForm } from './send-form.tsx';
import { SentOrder } from './sent-order.tsx';

/** One order: typed, confirmed, sent once, and followed to its end. */
export function SendPage() {
  const [typed, setTyped, clearTyped] = useDraft('send', NOTHING_TYPED);
  const [kept, keep] = useKept<KeptOrder>('send');
  const [ready, setReady] = useState<Ready>();
  const [ended, setEnded] = useState<string>();
  const create = useChange('createOrder');

  const send = async (one: KeptOrder) => {
    keep({ ...one, isSent: true }); // Before the request leaves: a reload in this moment looks it up.
    try {
      await create.mutateAsync({ body: { ...one.order, agent_reference: one.reference } });
      setReady(undefined);
    } catch (error) {
      if (isRefused(error as Error, { isRepeat: one.isSent })) keep(afterRefusal(one, error as Error));
      else setReady(undefined);
    }
  };
  const startAgain = () => {
    keep(undefined);
    setEnded(undefined);
    clearTyped();
    create.reset();
  };
  const end = (reference: string) => {
    setEnded(reference);
    keep(undefined);
    clearTyped();
  };
  const shown = kept?.isSent && !(create.isPending && ready) ? kept.reference : ended;
  return (
    <Page title={texts.title} description={texts.description}>
      {shown ? (
        <SentOrder
          reference={shown}
          kept={kept}
          warnings={warningsOf(create.data, shown)}
          onEnd={() => shown !== ended && end(shown)}
          isSending={create.isPending}
          error={create.error}
          onSendAgain={kept?.isSent ? () => send(kept) : undefined}
          onAnother={startAgain}
          onGiveUp={() => kept && keep({ ...kept, isSent: false })}
        />
      ) : (
        <SpaceBetween size="l">
          {create.error && !ready && <ProblemAlert error={create.error} />}
          <SendForm
            typed={typed}
            onType={setTyped}
            onReview={(next) => {
              keep(keptFor(kept, next.order, next.product.currency));
              create.reset();
              setReady(next);
            }}
          />
        </SpaceBetween>
      )}
      {ready && kept && !shown && (
        <ConfirmSend
          ready={ready}
          reference={kept.reference}
          isSending={create.isPending}
          error={create.error}
          onSend={() => send(kept)}
          onClose={() => setReady(undefined)}
        />
      )}
    </Page>
  );
}

type Placed = Answer<'createOrder'>;

function warningsOf(placed: Placed | undefined, reference: string): NonNullable<Placed['warnings']> {
  return (placed?.agent_reference === reference && placed.warnings) || [];
}
