/** Rule pages are imported as text: esbuild's text loader does it in bundles, a plugin of `vitest.config.ts` in tests. */
declare module '*.md' {
  const text: string;
  export default text;
}
