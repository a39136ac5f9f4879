import { de } from "./de.js";
import { en } from "./en.js";
import type { Language } from "./language.js";
import type { Words } from "./words.js";

const all: Readonly<Record<Language, Words>> = { en, de };

export function wordsOf(language: Language): Words {
  return all[language];
}
