import { Button, TextInput } from "@mantine/core";
import { IconPrinter, IconSearch } from "@tabler/icons-react";
import { useState } from "react";
import { Link } from "wouter";
import type { MusterList } from "../api.js";
import { Areas } from "../inside/areas.js";
import { ForgiveAll } from "../inside/forgive.js";
import { byPlace, useMuster } from "../inside/list.js";
import { CountNow, CountStart } from "../inside/muster.js";
import { PlaceCard } from "../inside/place.js";
import { PrintedList } from "../inside/printed.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";

/** Who is where, as far as the doors can tell; and who is safe, while people are counted. */
export function InsidePage() {
  const words = useWords();
  const { inside } = words;
  const may = useMay();
  const found = useMuster();
  const list = found.data;
  return (
    <div className="inside">
      <div className="heading">
        <h1>{inside.title}</h1>
        {list && <p>{totals(list, inside)}</p>}
        <HelpLink page="who-is-inside">{words.pages.help}</HelpLink>
        {list && (
          <Button
            variant="default"
            leftSection={<IconPrinter size={18} aria-hidden />}
            onClick={() => window.print()}
          >
            {inside.print}
          </Button>
        )}
        {list && !list.muster && may("muster.run") && <CountStart />}
      </div>
      {found.isPending && <Waiting />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {list && <Lists list={list} />}
      {list && <PrintedList list={list} />}
    </div>
  );
}

function totals({ counts }: MusterList, inside: ReturnType<typeof useWords>["inside"]): string {
  const said = inside.total(counts.certain, counts.possible);
  return counts.visitors > 0 ? `${said}, ${inside.visitors(counts.visitors)}` : said;
}

function Lists({ list }: { readonly list: MusterList }) {
  const { inside, pages } = useWords();
  const may = useMay();
  const [search, setSearch] = useState("");
  const text = search.trim().toLowerCase();
  const people = list.people.filter(
    ({ name, areaName }) =>
      name.toLowerCase().includes(text) || (areaName ?? "").toLowerCase().includes(text),
  );
  const counting = list.muster !== null;
  const sought = counting ? people.filter(({ safe }) => safe === null) : people;
  const found = counting ? people.filter(({ safe }) => safe !== null) : [];
  return (
    <>
      {list.muster && <CountNow list={list} muster={list.muster} />}
      <div className="inside-panes">
        <div className="stack">
          {list.people.length > 0 && (
            <TextInput
              type="search"
              size="md"
              label={inside.search}
              leftSection={<IconSearch size={18} aria-hidden />}
              value={search}
              onChange={({ currentTarget }) => setSearch(currentTarget.value)}
              autoComplete="off"
            />
          )}
          {list.people.length === 0 && <Empty title={inside.nobody}>{inside.nobodyHint}</Empty>}
          {list.people.length > 0 && people.length === 0 && <Empty title={inside.none(search.trim())} />}
          {sought.length > 0 && <h2>{counting ? inside.missingTitle : inside.people}</h2>}
          {byPlace(sought, inside.elsewhere).map((place) => (
            <PlaceCard key={place.id} place={place} counting={counting} />
          ))}
          {found.length > 0 && <h2>{inside.safeTitle}</h2>}
          {byPlace(found, inside.elsewhere).map((place) => (
            <PlaceCard key={place.id} place={place} counting={counting} />
          ))}
        </div>
        <div className="stack">
          <Areas />
          <ForgiveAll />
          {list.unnamed.length > 0 && <Unnamed unnamed={list.unnamed} />}
          {may("emergency.badges") && (
            <Link href="/emergency" className="card">
              {pages.emergency}
            </Link>
          )}
        </div>
      </div>
    </>
  );
}

function Unnamed({ unnamed }: { readonly unnamed: MusterList["unnamed"] }) {
  const { inside } = useWords();
  return (
    <section className="card" aria-labelledby="unnamed">
      <h2 id="unnamed">{inside.unnamed}</h2>
      <p className="soft">{inside.unnamedHint}</p>
      <dl className="facts">
        {unnamed.map(({ door, name, exits, openings }) => (
          <div key={door} className="fact">
            <dt>{name}</dt>
            <dd>{inside.unnamedAt(exits, openings)}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
