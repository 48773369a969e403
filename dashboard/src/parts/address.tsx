/** A mail address, which is best broken before its `@` where it has to be. */
export function Address({ text }: { readonly text: string }) {
  const at = text.lastIndexOf('@');
  return (
    <span className="anywhere">
      {text.slice(0, Math.max(at, 0))}
      <wbr />
      {text.slice(Math.max(at, 0))}
    </span>
  );
}
