import SpaceBetween from '@cloudscape-design/components/space-between';
import { DocsLink } from '../../parts/docs-link.tsx';
import { Page } from '../../parts/page.tsx';
import { useChosen } from '../../session/chosen.tsx';
import { settingsTexts } from '../../texts/settings.ts';
import { shellTexts } from '../../texts/shell.ts';
import { Invitations } from './invitations.tsx';
import { Members } from './members.tsx';

const texts = settingsTexts.team;

/** The people of the business. Who may change the team also sees who is invited. */
export function TeamPage() {
  const { may } = useChosen();
  return (
    <Page
      title={shellTexts.pages.team}
      description={
        <>
          {texts.description} <DocsLink to="team#roles">{texts.guide}</DocsLink>
        </>
      }
    >
      <SpaceBetween size="l">
        <Members />
        {may('team:write') && <Invitations />}
      </SpaceBetween>
    </Page>
  );
}
