import { Button, Modal, Stack, TextInput } from "@mantine/core";
import { IconArrowLeft, IconCheck, IconId, IconX } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, type Credential, type Person, Refused } from "../api.js";
import { useActing, useSayTrouble } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { PersonForm } from "../parts/person-form.js";
import { Belonging, RightsAndPin } from "../parts/person-rights.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useLivePart, useMay } from "../session.js";
import { capital } from "../text.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { useGroups } from "./people.js";

const personKey = (id: string) => ["people", "person", id] as const;

export function PersonPage({ id }: { readonly id: string }) {
  const { person: words, pages } = useWords();
  const query = useQuery({ queryKey: personKey(id), queryFn: () => api.person(id) });
  const back = (
    <Button
      component={Link}
      href="/people"
      variant="subtle"
      size="compact-sm"
      leftSection={<IconArrowLeft size={18} aria-hidden />}
    >
      {pages.people}
    </Button>
  );
  if (query.isPending) return <Waiting />;
  if (query.isError) {
    return query.error instanceof Refused && query.error.status === 404 ? (
      <Empty title={words.notFound} action={back}>
        {words.notFoundHint}
      </Empty>
    ) : (
      <Trouble error={query.error} onRetry={() => void query.refetch()} page />
    );
  }
  const person = query.data;
  return (
    <article className="person">
      <div className="heading">
        {back}
        <HelpLink page="people-and-badges">{pages.help}</HelpLink>
      </div>
      <About person={person} />
      <div className="cards">
        <Stack>
          <Badges person={person} />
          <RightsAndPin person={person} />
        </Stack>
        <CanOpen person={person} />
      </div>
      <History person={person} />
    </article>
  );
}

/** After a change: this person, the lists, and what the badges open. */
function usePersonChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ["people"] });
}

function About({ person }: { readonly person: Person }) {
  const { people, person: words } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const groups = useGroups();
  const done = useDone();
  const changed = usePersonChanged();
  const sayTrouble = useSayTrouble();
  const [asking, setAsking] = useState<"edit" | "block">();
  const groupName = (id: string) => groups.data?.find((group) => group.id === id)?.name ?? id;
  const block = async (blocked: boolean) => {
    await api.blockPerson(person.id, blocked);
    await changed();
  };
  const unblock = async () => {
    try {
      await block(false);
      done(words.isUnblocked(person.name), () => block(true));
    } catch (error) {
      sayTrouble(error);
    }
  };
  const validity = [
    person.validFrom && `${words.validFrom} ${time.date(new Date(person.validFrom))}`,
    person.validUntil && `${words.validUntil} ${time.date(new Date(person.validUntil))}`,
  ].filter(Boolean);
  return (
    <header className="card person-head">
      <div className="card-head">
        <div>
          <h1>{person.name}</h1>
          <p>{person.groups.length === 0 ? people.noGroups : person.groups.map(groupName).join(", ")}</p>
          {validity.length > 0 && <p>{validity.join(", ")}</p>}
          <Belonging person={person} />
        </div>
        <span className="tag" data-tone={person.status === "blocked" ? "bad" : "good"}>
          {person.status === "blocked" ? people.blocked : people.active}
        </span>
        {may("people.write") && (
          <div className="actions to-end">
            <Button variant="default" onClick={() => setAsking("edit")}>
              {words.edit}
            </Button>
            {person.status === "blocked" ? (
              <Button variant="default" onClick={() => void unblock()}>
                {words.unblock}
              </Button>
            ) : (
              <Button variant="light" color="red" onClick={() => setAsking("block")}>
                {words.block}
              </Button>
            )}
          </div>
        )}
      </div>
      {asking === "edit" && <PersonForm person={person} onClose={() => setAsking(undefined)} />}
      {asking === "block" && (
        <Confirm
          title={words.blockTitle(person.name)}
          doLabel={words.block}
          onClose={() => setAsking(undefined)}
          onDo={async () => {
            await block(true);
            done(words.isBlocked(person.name), () => block(false));
          }}
        >
          {words.blockSure(person.name)}
        </Confirm>
      )}
    </header>
  );
}

const nameOf = (credential: Credential): string => credential.printed ?? credential.value ?? credential.id;

function Badges({ person }: { readonly person: Person }) {
  const { person: words } = useWords();
  const may = useMay();
  const [giving, setGiving] = useState(false);
  return (
    <section className="card" aria-labelledby="badges-title">
      <div className="card-head">
        <h2 id="badges-title">{words.badges}</h2>
        {may("credentials.write") && (
          <Button variant="default" size="compact-sm" onClick={() => setGiving(true)}>
            {words.give}
          </Button>
        )}
      </div>
      {person.credentials.length === 0 ? (
        <Empty title={words.noBadges}>{words.noBadgesHint}</Empty>
      ) : (
        <ul className="list">
          {person.credentials.map((credential) => (
            <Badge key={credential.id} credential={credential} mayChange={may("credentials.write")} />
          ))}
        </ul>
      )}
      {giving && <GiveBadge person={person} onClose={() => setGiving(false)} />}
    </section>
  );
}

function Badge({ credential, mayChange }: { readonly credential: Credential; readonly mayChange: boolean }) {
  const { person: words, visiting } = useWords();
  const time = useSiteTime();
  const done = useDone();
  const changed = usePersonChanged();
  const sayTrouble = useSayTrouble();
  const [asking, setAsking] = useState(false);
  const badge = words.badge(nameOf(credential));
  const set = async (status: Credential["status"]) => {
    await api.credentialStatus(credential.id, status);
    await changed();
  };
  const setNow = async (status: Credential["status"], said: string) => {
    try {
      await set(status);
      done(said, () => set(credential.status));
    } catch (error) {
      sayTrouble(error);
    }
  };
  const isActive = credential.status === "active";
  return (
    <li>
      <IconId size={22} aria-hidden />
      <div className="list-main">
        <strong>{nameOf(credential)}</strong>
        {credential.printed && credential.value && <small>{credential.value}</small>}
        {credential.usesLeft !== undefined && <small>{visiting.usesLeft(credential.usesLeft)}</small>}
        {credential.statusSince && credential.statusBy && (
          <small>
            {visiting.since(time.near(new Date(credential.statusSince), siteNow()), credential.statusBy)}
          </small>
        )}
        {credential.validUntil && (
          <small>
            {words.validUntil} {time.date(new Date(credential.validUntil))}
          </small>
        )}
      </div>
      <span className="tag" data-tone={isActive ? "good" : "bad"}>
        {words.status[credential.status]}
      </span>
      {mayChange && (
        <span className="actions">
          {isActive ? (
            <>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={words.returnedOf(badge)}
                onClick={() => void setNow("returned", words.returnedDone(badge))}
              >
                {words.returned}
              </Button>
              <Button
                size="compact-sm"
                variant="light"
                color="red"
                aria-label={words.lostOf(badge)}
                onClick={() => setAsking(true)}
              >
                {words.lost}
              </Button>
            </>
          ) : (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={words.activateOf(badge)}
              onClick={() => void setNow("active", words.activated(badge))}
            >
              {words.activate}
            </Button>
          )}
        </span>
      )}
      {asking && (
        <Confirm
          title={words.lostTitle(badge)}
          doLabel={words.lostDo}
          onClose={() => setAsking(false)}
          onDo={async () => {
            await set("lost");
            done(words.lostDone(badge), () => set("active"));
          }}
        >
          {words.lostSure}
        </Confirm>
      )}
    </li>
  );
}

function GiveBadge({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const words = useWords();
  const { person: own } = words;
  const time = useSiteTime();
  const doors = useLivePart((state) => state.doors);
  const done = useDone();
  const changed = usePersonChanged();
  const { busy, error, act } = useActing();
  const [value, setValue] = useState("");
  const [printed, setPrinted] = useState("");
  const unknown = useQuery({
    queryKey: ["cards", "unknown"],
    queryFn: api.unknownCards,
    refetchInterval: 2_000,
  });
  const give = async (card: Parameters<typeof api.addCredential>[1]) => {
    const given = await act(() => api.addCredential(person.id, card));
    if (!given) return;
    await changed();
    done(own.given(person.name), () =>
      api.credentialStatus(given.credential.id, "returned").then(() => changed()),
    );
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={own.give} closeButtonProps={{ "aria-label": words.app.close }}>
      <Stack>
        <section>
          <h3>{own.presented}</h3>
          <p className="soft">{own.presentedHint}</p>
          {unknown.isError && <Trouble error={unknown.error} />}
          {unknown.data?.length === 0 && <Empty title={own.noneOpen} />}
          <ul className="list">
            {unknown.data?.map((card) => (
              <li key={`${card.at} ${card.shown}`}>
                <div className="list-main">
                  <strong>{card.shown}</strong>
                  <small>
                    {own.at(
                      card.door === null ? "?" : (doors.get(card.door)?.name ?? card.door),
                      time.near(new Date(card.at), siteNow()),
                    )}
                  </small>
                </div>
                <Button
                  size="compact-sm"
                  loading={busy}
                  disabled={card.event === null}
                  aria-label={`${words.assign.do}: ${card.shown}`}
                  onClick={() => card.event !== null && void give({ event: card.event })}
                >
                  {words.assign.do}
                </Button>
              </li>
            ))}
          </ul>
        </section>
        <form
          onSubmit={(event) => {
            event.preventDefault();
            void give({ value: value.trim(), ...(printed.trim() ? { printed: printed.trim() } : {}) });
          }}
        >
          <Stack>
            <TextInput
              label={own.typeCard}
              description={own.typeCardHint}
              value={value}
              onChange={({ currentTarget }) => setValue(currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
            <TextInput
              label={own.printed}
              description={own.printedHint}
              value={printed}
              onChange={({ currentTarget }) => setPrinted(currentTarget.value)}
              autoComplete="off"
            />
            {error !== undefined && <Trouble error={error} />}
            <Button type="submit" loading={busy} disabled={value.trim() === ""}>
              {words.assign.do}
            </Button>
          </Stack>
        </form>
      </Stack>
    </Modal>
  );
}

function CanOpen({ person }: { readonly person: Person }) {
  const { person: words, time: timeWords } = useWords();
  const time = useSiteTime();
  const query = useQuery({
    queryKey: [...personKey(person.id), "access"],
    queryFn: () => api.access(person.id),
    refetchInterval: 30_000,
  });
  const when = (iso: string) => time.near(new Date(iso), siteNow());
  const doors = [...(query.data ?? [])].sort((a, b) => Number(b.now) - Number(a.now));
  return (
    <section className="card" aria-labelledby="open-title">
      <div>
        <h2 id="open-title">{words.canOpen}</h2>
        <p className="soft">{words.canOpenHint}</p>
      </div>
      {query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      <ul className="list">
        {doors.map((door) => (
          <li key={door.door} className="access" data-now={door.now}>
            {door.now ? <IconCheck size={20} aria-hidden /> : <IconX size={20} aria-hidden />}
            <div className="list-main">
              <strong>{door.name}</strong>
              <small>
                {door.now ? words.yes : words.no}
                {door.now && door.until && ` ${timeWords.until(when(door.until))}`}
                {!door.now && door.why && `: ${door.why}`}
                {!door.now && door.from && ` (${timeWords.from(when(door.from))})`}
              </small>
            </div>
          </li>
        ))}
      </ul>
    </section>
  );
}

/** Asked for by a press, never by passing by: each look is logged. */
function History({ person }: { readonly person: Person }) {
  const { person: words } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const [wanted, setWanted] = useState(false);
  const query = useQuery({
    queryKey: ["history", person.id],
    queryFn: () => api.events({ person: person.id, limit: 50 }),
    enabled: wanted,
    staleTime: 0,
  });
  if (!may("journal.read")) return null;
  return (
    <section className="card" aria-labelledby="history-title">
      <div className="card-head">
        <div>
          <h2 id="history-title">{words.history}</h2>
          <p>{words.historyHint}</p>
        </div>
        {!wanted && (
          <Button variant="default" onClick={() => setWanted(true)}>
            {words.showHistory}
          </Button>
        )}
      </div>
      {wanted && query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.events.length === 0 && <Empty title={words.noHistory} />}
      {query.data && query.data.events.length > 0 && (
        <ul className="list history">
          {query.data.events.map((event) => (
            <li key={event.id}>
              <time dateTime={event.at} className="soft">
                {time.full(new Date(event.at))}
              </time>
              <Link href={`/events/${event.id}`} className="list-main">
                {capital(event.sentence)}
              </Link>
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}
