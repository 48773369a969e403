/**
 * What the page about the status shows of this moment. It is filled by a script, so that it is there when the API is
 * not; without scripts it says where the same is to be read.
 */
export const STATUS_PANEL = `<section class="now" id="now" data-url="/status" aria-label="The status now">
<p class="overall" role="status">How orders and providers are now is at <a href="/status">/status</a>, as JSON.</p>
<ul></ul>
<p class="checked"></p>
</section>`;

/** Below the title of the page. */
export function withStatus(html: string): string {
  return html.replace('</h1>', () => `</h1>\n${STATUS_PANEL}`);
}
