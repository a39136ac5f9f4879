import { TextInput } from "@mantine/core";
import { IconSearch } from "@tabler/icons-react";
import { type MouseEvent, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { Empty } from "../parts/states.js";
import { useSpoken, useWords } from "../words/words.js";

interface ManualPage {
  readonly title: string;
  /** Ours, made from Markdown at build; no HTML of the Markdown gets through. */
  readonly html: string;
  readonly text: string;
}

/** The order in which one reads; what is not named here follows. */
const order = [
  "index",
  "getting-started",
  "live",
  "doors",
  "security-strip",
  "who-is-inside",
  "people-and-badges",
  "who-may-open-what",
  "accounts-and-sign-in",
  "doors-and-decisions",
];

const manual = new Map(
  Object.entries(import.meta.glob<ManualPage>("../../help/*.md", { eager: true }))
    .map(([path, page]) => [path.replace(/^.*\/|\.md$/g, ""), page] as const)
    .sort(([a], [b]) => placeOf(a) - placeOf(b) || a.localeCompare(b)),
);

function placeOf(name: string): number {
  const place = order.indexOf(name);
  return place === -1 ? order.length : place;
}

export function HelpPage({ page = "index" }: { readonly page?: string | undefined }) {
  const { words, language } = useSpoken();
  const { help } = words;
  const [search, setSearch] = useState("");
  const asked = search.trim();
  return (
    <div className="help">
      <nav className="help-nav" aria-label={help.contents}>
        <TextInput
          type="search"
          label={help.search}
          leftSection={<IconSearch size={18} aria-hidden />}
          value={search}
          onChange={({ currentTarget }) => setSearch(currentTarget.value)}
          autoComplete="off"
        />
        {asked === "" ? (
          <ul>
            {[...manual].map(([name, { title }]) => (
              <li key={name}>
                <Link href={`/help/${name}`} aria-current={name === page ? "page" : undefined}>
                  {title}
                </Link>
              </li>
            ))}
          </ul>
        ) : (
          <Found asked={asked} onChosen={() => setSearch("")} />
        )}
      </nav>
      <div>
        {language !== "en" && <p className="soft">{help.english}</p>}
        <Article page={page} />
      </div>
    </div>
  );
}

function Found({ asked, onChosen }: { readonly asked: string; onChosen(): void }) {
  const { help } = useWords();
  const found = searched(asked);
  if (found.length === 0) return <Empty title={help.noMatch(asked)}>{help.noMatchHint}</Empty>;
  return (
    <>
      <p className="soft" role="status">
        {help.found(found.length)}
      </p>
      <ul>
        {found.map(({ name, title, excerpt }) => (
          <li key={name}>
            <Link href={`/help/${name}`} onClick={onChosen}>
              {title}
            </Link>
            <p className="soft">{excerpt}</p>
          </li>
        ))}
      </ul>
    </>
  );
}

const aroundLetters = 60;

/** Pages that have every word, those that have it in the title first. */
function searched(asked: string) {
  const words = asked.toLowerCase().split(/\s+/);
  return [...manual]
    .flatMap(([name, { title, text }]) => {
      const lower = text.toLowerCase();
      if (!words.every((word) => lower.includes(word))) return [];
      const at = Math.max(0, lower.indexOf(words[0] ?? "") - aroundLetters);
      const excerpt = `…${text.slice(at, at + 2 * aroundLetters).trim()}…`;
      return [{ name, title, excerpt, inTitle: title.toLowerCase().includes(words[0] ?? "") }];
    })
    .sort((a, b) => Number(b.inTitle) - Number(a.inTitle));
}

function Article({ page }: { readonly page: string }) {
  const { help } = useWords();
  const [, go] = useLocation();
  const article = useRef<HTMLElement>(null);
  const found = manual.get(page);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another page, another place in it
  useEffect(() => {
    if (location.hash) document.getElementById(decodeURIComponent(location.hash.slice(1)))?.scrollIntoView();
  }, [page]);
  if (!found) return <Empty title={help.notFound} />;
  /** Links between the pages stay in the app. */
  const follow = (event: MouseEvent) => {
    const link = (event.target as Element).closest("a");
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return;
    const { origin, pathname, hash } = new URL(link.href);
    if (origin !== location.origin || pathname === location.pathname) return;
    event.preventDefault();
    go(`${pathname}${hash}`);
  };
  return (
    // biome-ignore lint/a11y/useKeyWithClickEvents: Enter on a link is a click
    <article
      ref={article}
      className="help-page card"
      lang="en"
      onClick={follow}
      // biome-ignore lint/security/noDangerouslySetInnerHtml: the manual of this very build, see ManualPage
      dangerouslySetInnerHTML={{ __html: found.html }}
    />
  );
}
