/** The code of a guide, by the heading that it is below. The build takes it out of the guide, which tests try. */
declare module '*.md' {
  export const code: Readonly<Record<string, string>>;
}
