export type Encoding = 'br' | 'gzip';

/** How a caller wants an answer compressed, of what we have; by its `Accept-Encoding`. */
export function preferredEncoding(acceptEncoding: string): Encoding | undefined {
  const accepted = acceptEncoding
    .toLowerCase()
    .split(',')
    .flatMap((each) => {
      const [name = '', ...parameters] = each.split(';').map((part) => part.trim());
      const q = parameters.find((part) => part.startsWith('q='));
      return q !== undefined && !(Number(q.slice(2)) > 0) ? [] : [name];
    });
  return (['br', 'gzip'] as const).find((each) => accepted.includes(each));
}
