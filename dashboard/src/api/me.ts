import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query';
import type { Me } from '../session/membership.ts';
import { send } from './client.ts';

/** Who is signed in: asked before there is a business to ask for. */

export function useMe() {
  return useQuery<Me, Error>({ queryKey: ['me'], queryFn: () => send('GET', '/api/v1/me'), staleTime: 60_000 });
}

export function useCreateBusiness() {
  const client = useQueryClient();
  return useMutation<unknown, Error, string>({
    mutationFn: (name) => send('POST', '/api/v1/businesses', { body: { name } }),
    onSuccess: () => client.invalidateQueries({ queryKey: ['me'] }),
  });
}
