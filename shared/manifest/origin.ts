/** Headers by which a function knows that CloudFront sent a request, and from which address CloudFront had it. */
export const ORIGIN_HEADERS = { secret: 'airtime-origin-secret', viewer: 'airtime-viewer-address' } as const;
