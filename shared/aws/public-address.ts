import * as net from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * Every v6 address that means one machine on the internet is in here. All others are refused by that alone, among them
 * the ones that carry a v4 address inside (mapped, compatible, translated), whatever that v4 address is.
 */
const V6_GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is one machine on the public internet: no other kind is ever connected to. */
export function isPublicAddress(text: string): boolean {
  const address = parsed(text);
  if (address?.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(V6_GLOBAL);
}

/** Whether an address is this machine. */
export function isLoopbackAddress(text: string): boolean {
  return parsed(text)?.range() === 'loopback';
}

/** Only the plain spelling counts: a short, octal or zoned one might mean another address to who connects. */
function parsed(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return net.isIP(text) && !text.includes('%') ? ipaddr.parse(text) : undefined;
}
