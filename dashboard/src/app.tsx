import { I18nProvider } from '@cloudscape-design/components/i18n';
import messages from '@cloudscape-design/components/i18n/messages/all.en';
import { QueryClientProvider } from '@tanstack/react-query';
import { RouterProvider } from '@tanstack/react-router';
import { AuthProvider } from 'react-oidc-context';
import { queries } from './api/queries.ts';
import type { Config } from './config.ts';
import { router } from './routes/router.tsx';
import { userManagerOf } from './session/oidc.ts';
import { SignedIn } from './session/signed-in.tsx';
import { keepTypedOf } from './session/typed.ts';
import { language } from './texts/language.ts';

/** Everything that is around the pages: language, session, data. */
export function App({ config }: { readonly config: Config }) {
  return (
    <I18nProvider locale={language} messages={[messages]}>
      <AuthProvider
        userManager={userManagerOf(config)}
        onSigninCallback={(user) => {
          keepTypedOf(user?.profile.sub);
          router.history.replace(pageOf(user?.state));
        }}
      >
        <QueryClientProvider client={queries}>
          <SignedIn>
            <RouterProvider router={router} />
          </SignedIn>
        </QueryClientProvider>
      </AuthProvider>
    </I18nProvider>
  );
}

/** The page that was asked for before signing in. Only a path of ours: the state is in the hands of the browser. */
function pageOf(state: unknown): string {
  const path = (state as { returnTo?: unknown } | undefined)?.returnTo;
  return typeof path === 'string' && /^\/app(?:[/?#]|$)/.test(path) ? path : '/app';
}
