import { lambdaOpen } from '../../shared/aws/lambda.ts';
import type { OpenRouteHandler } from '../../shared/http/route.ts';
import { openRoutes } from '../../shared/manifest/routes.ts';

/** The page after a payment, where the merchant named none of its own. It does not know the outcome. */
const PAGE = `<!doctype html>
<html lang="en">
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Payment</title>
<style>
  body { font: 1.125rem/1.5 system-ui, sans-serif; margin: 0; min-height: 100vh; display: grid; place-items: center;
    color: #1c2733; background: #f4f6f8; }
  main { max-width: 26rem; margin: 1rem; padding: 2rem; background: #fff; border-radius: .75rem;
    box-shadow: 0 1px 4px #0002; }
  h1 { font-size: 1.4rem; margin: 0 0 .5rem; }
  p { margin: 0; }
</style>
<main>
  <h1>Thank you. You can close this page.</h1>
  <p>Your wallet shows the money as soon as the payment is confirmed.</p>
</main>
</html>
`;

export const showPaymentEnd: OpenRouteHandler = {
  ...openRoutes.showPaymentEnd,
  async run() {
    const policy = "default-src 'none'; style-src 'unsafe-inline'; base-uri 'none'; form-action 'none'";
    const headers = { 'content-security-policy': `${policy}; frame-ancestors 'none'` };
    return { status: 200, body: PAGE, contentType: 'text/html; charset=utf-8', headers };
  },
};

export const handler = lambdaOpen(showPaymentEnd);
