/** Saves what was made or read here as a file of the reader's. */
export function saveFile(name: string, type: string, contents: readonly BlobPart[]): void {
  const url = URL.createObjectURL(new Blob([...contents], { type }));
  const link = document.createElement('a');
  link.href = url;
  link.download = name;
  link.click();
  // The browser has begun to save by then.
  setTimeout(() => URL.revokeObjectURL(url), 60_000);
}
