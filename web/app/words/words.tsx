import { createContext, type ReactNode, useContext, useEffect, useMemo, useState } from "react";
import { en } from "./en.js";

/** Every text of the interface. A language that lacks one does not compile. */
export type Words = typeof en;
export const languages = { en: "English", de: "Deutsch" } as const;
export type Language = keyof typeof languages;

const keptAs = "gatewarden-language";

/** English is there at once; the others are fetched by whoever wants them. */
const catalogues: Readonly<Record<Language, () => Promise<Words>>> = {
  en: async () => en,
  de: async () => (await import("./de.js")).de,
};

function wanted(): Language {
  const kept = localStorage.getItem(keptAs);
  const asked = [kept, ...navigator.languages].map((each) => each?.slice(0, 2));
  return (asked.find((each) => each !== undefined && Object.hasOwn(languages, each)) ?? "en") as Language;
}

interface Spoken {
  readonly words: Words;
  readonly language: Language;
  speak(language: Language): void;
}

const SpokenContext = createContext<Spoken>({ words: en, language: "en", speak: () => {} });

export function Speaking({ children }: { readonly children: ReactNode }) {
  const [language, setLanguage] = useState(wanted);
  const [spoken, setSpoken] = useState<{ words: Words; language: Language } | undefined>(
    language === "en" ? { words: en, language } : undefined,
  );
  useEffect(() => {
    let current = true;
    catalogues[language]().then(
      (words) => {
        if (!current) return;
        document.documentElement.lang = language;
        setSpoken({ words, language });
      },
      () => setSpoken((before) => before ?? { words: en, language: "en" }),
    );
    return () => {
      current = false;
    };
  }, [language]);
  const value = useMemo(
    () =>
      spoken && {
        ...spoken,
        speak: (next: Language) => {
          localStorage.setItem(keptAs, next);
          setLanguage(next);
        },
      },
    [spoken],
  );
  // Nothing is shown in a language that somebody did not ask for, not even for a moment.
  return value && <SpokenContext value={value}>{children}</SpokenContext>;
}

export const useSpoken = (): Spoken => useContext(SpokenContext);
export const useWords = (): Words => useContext(SpokenContext).words;
