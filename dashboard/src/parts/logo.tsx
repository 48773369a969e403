/** Three rising bars on a rounded square: a signal, and a balance that is topped up. */
export function Logo() {
  return <img className="logo" src="/favicon.svg" alt="" width="28" height="28" />;
}
