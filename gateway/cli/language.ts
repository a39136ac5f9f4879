import { type Language, languageOf } from "../core/words/language.js";

/** The language of this terminal, as its locale says (locale(7): LC_ALL before LC_MESSAGES before LANG). */
export function terminalLanguage(env: NodeJS.ProcessEnv = process.env): Language {
  return languageOf(env.LC_ALL || env.LC_MESSAGES || env.LANG);
}
