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

export function useAcceptInvitation() {
  const client = useQueryClient();
  return useAct<Answer<'acceptInvitation'>, string>({
    mutationFn: (token) => callForPerson('acceptInvitation', { body: { token } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
}
