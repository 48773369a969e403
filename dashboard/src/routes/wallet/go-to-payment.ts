/** Leaves for the page of the payment gateway. Only for an address of the web, whatever the answer said. */
export function goToPayment(url: string): void {
  if (/^https?:\/\//.test(url)) window.location.assign(url);
}
