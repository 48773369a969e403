/** How each function of the guide is called, with the secret from the environment: never in the code. */
export const VERIFY_USAGE: Readonly<Record<string, string>> = {
  Python: `import os

if not verify(os.environ["WEBHOOK_SECRET"], request.headers, request.get_data()):
    abort(401)`,
  Node: `const secret = process.env.WEBHOOK_SECRET;
if (!verify(secret, request.headers, rawBody)) return response.writeHead(401).end();`,
  PHP: `if (!verify(getenv('WEBHOOK_SECRET'), getallheaders(), file_get_contents('php://input'))) {
    http_response_code(401);
    exit;
}`,
  Java: `String secret = System.getenv("WEBHOOK_SECRET");
byte[] body = request.getInputStream().readAllBytes();
if (!Webhooks.verify(secret, request::getHeader, body)) response.sendError(401);`,
  'C#': `string secret = Environment.GetEnvironmentVariable("WEBHOOK_SECRET");
if (!Webhooks.Verify(secret, name => Request.Headers[name], stream.ToArray())) return Unauthorized();`,
  Go: `body, _ := io.ReadAll(r.Body)
if !webhooks.Verify(os.Getenv("WEBHOOK_SECRET"), r.Header.Get, body) {
	w.WriteHeader(http.StatusUnauthorized)
	return
}`,
};
