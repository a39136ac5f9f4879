/** A page of the manual, as `help-pages.ts` makes it. */
declare module "*.md" {
  export const title: string;
  export const html: string;
  export const text: string;
}
