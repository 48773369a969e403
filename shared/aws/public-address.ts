import * as net from 'node:net';
import ipaddr from 'ipaddr.js';

/**
 * The range of all IPv6 addresses of single machines on the internet. Others are refused, including those that embed an
 * IPv4 address (mapped, compatible, translated).
 */
const V6_GLOBAL = ipaddr.IPv6.parseCIDR('2000::/3');

/** Whether an address is a single machine on the public internet. */
export function isPublicAddress(text: string): boolean {
  const address = parsed(text);
  if (address?.range() !== 'unicast') return false;
  return address.kind() === 'ipv4' || address.match(V6_GLOBAL);
}

/** Whether an address is this machine. */
export function isLoopbackAddress(text: string): boolean {
  return parsed(text)?.range() === 'loopback';
}

/** Only the canonical form is read: others might mean another address to the code that connects. */
function parsed(text: string): ipaddr.IPv4 | ipaddr.IPv6 | undefined {
  return net.isIP(text) && !text.includes('%') ? ipaddr.parse(text) : undefined;
}
