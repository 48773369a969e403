import { useQuery, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../session/membership.ts';
import { emailOf } from '../session/oidc.ts';
import { useAct } from './act.ts';
import { type Answer, callForPerson } from './client.ts';

/** Who is signed in: asked before there is a business to ask for. */

export function useMe() {
  return useQuery<Me, Error>({
    queryKey: ['me'],
    queryFn: async () => ({ ...(await callForPerson('getMe')), email: await emailOf() }),
    staleTime: 60_000,
  });
}

export function useCreateBusiness() {
  const client = useQueryClient();
  return useAct<Answer<'createBusiness'>, string>({
    mutationFn: (name) => callForPerson('createBusiness', { body: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
}

/** What an invitation is to. The token is sent in a body: addresses are logged on their way. */
export function useInvitation(token: string) {
  return useQuery<Answer<'previewInvitation'>, Error>({
    queryKey: ['invitation', token],
    queryFn: () => callForPerson('previewInvitation', { body: { token } }),
    enabled: token !== '',
    // To accept it looks again.
    staleTime: Number.POSITIVE_INFINITY,
  });
}

export function useAcceptInvitation() {
  const client = useQueryClient();
  return useAct<Answer<'acceptInvitation'>, string>({
    mutationFn: (token) => callForPerson('acceptInvitation', { body: { token } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
}
