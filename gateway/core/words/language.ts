/** The languages in which the house speaks to people. Every text of the catalogues is there in each, or it does not compile. */
export const languages = ["en", "de"] as const;
export type Language = (typeof languages)[number];

/**
 * The language that is wished for most of those that there are: from `Accept-Language` (RFC 9110, 12.5.4) or from the locale of a
 * terminal (`de_DE.UTF-8`). English where none is.
 */
export function languageOf(wish: string | undefined): Language {
  let best: Language = "en";
  let most = 0;
  for (const part of (wish ?? "").slice(0, 500).split(",")) {
    const [range = "", ...parameters] = part.split(";");
    const tag = range
      .trim()
      .toLowerCase()
      .split(/[-_.@]/)[0];
    const quality = parameters
      .map((each) => /^\s*q=([0-9.]+)\s*$/.exec(each)?.[1])
      .find((q) => q !== undefined);
    const weight = quality === undefined ? 1 : Number(quality);
    const language = languages.find((known) => known === tag);
    if (language === undefined || !(weight > most)) continue;
    best = language;
    most = weight;
  }
  return best;
}
