import { Button, Checkbox, Modal, Stack, TextInput } from "@mantine/core";
import { IconArrowLeft, IconPlus } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useContext, useState } from "react";
import { Link } from "wouter";
import { api, type Visitor } from "../api.js";
import { useActing, useSayTrouble } from "../parts/acting.js";
import { CopyField } from "../parts/copy-field.js";
import { useDone } from "../parts/done.js";
import { PersonInput, PlacesInput, placesOf } from "../parts/places.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { fromLocalInput, siteNow, useSiteTime, ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";

export function VisitorsPage() {
  const { pages, visiting } = useWords();
  const may = useMay();
  const [all, setAll] = useState(false);
  const [adding, setAdding] = useState(false);
  const query = useQuery({
    queryKey: ["people", "visitors", all],
    queryFn: () => api.visitors(all),
    refetchInterval: 30_000,
  });
  return (
    <div className="narrow">
      <div className="heading">
        <Button
          component={Link}
          href="/people"
          variant="subtle"
          size="compact-sm"
          leftSection={<IconArrowLeft size={18} aria-hidden />}
        >
          {pages.people}
        </Button>
        <HelpLink page="people-and-badges">{pages.help}</HelpLink>
      </div>
      <div className="heading">
        <h1>{visiting.visitors}</h1>
        <p>{visiting.visitorsLead}</p>
        {may("people.write") && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
            {visiting.expect}
          </Button>
        )}
      </div>
      <Checkbox
        label={visiting.all}
        checked={all}
        onChange={({ currentTarget }) => setAll(currentTarget.checked)}
        mb="md"
      />
      {query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <Empty title={visiting.noVisitors}>{visiting.noVisitorsHint}</Empty>}
      {query.data && query.data.length > 0 && (
        <ul className="card list">
          {query.data.map((visitor) => (
            <Row key={visitor.id} visitor={visitor} mayEnd={may("people.write")} />
          ))}
        </ul>
      )}
      {adding && <Expect onClose={() => setAdding(false)} />}
    </div>
  );
}

const tones: Readonly<Record<Visitor["visit"], string>> = {
  expected: "warn",
  on: "good",
  refused: "bad",
  over: "",
};

function Row({ visitor, mayEnd }: { readonly visitor: Visitor; readonly mayEnd: boolean }) {
  const { visiting, time: timeWords } = useWords();
  const time = useSiteTime();
  const client = useQueryClient();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const near = (iso: string) => time.near(new Date(iso), siteNow());
  const { visit, validFrom, validUntil, hostName, company } = visitor;
  const end = async () => {
    try {
      await api.endVisit(visitor.id);
      await client.invalidateQueries({ queryKey: ["people"] });
      done(visiting.visitOver(visitor.name));
    } catch (error) {
      sayTrouble(error);
    }
  };
  const when = [
    visit === "expected" && validFrom !== null && timeWords.from(near(validFrom)),
    validUntil !== null && visiting.until(near(validUntil)),
  ].filter(Boolean);
  const about = [company, hostName !== null && visiting.visiting(hostName)].filter(Boolean);
  return (
    <li>
      <div className="list-main">
        <Link href={`/people/${visitor.id}`} className="list-link">
          {visitor.name}
        </Link>
        <small>{about.join(", ")}</small>
        <small>{when.join(", ")}</small>
        {visit === "refused" && <small>{visiting.refusedHint}</small>}
      </div>
      <span className="tag" data-tone={tones[visit]}>
        {visiting.visit[visit]}
      </span>
      {mayEnd && visit !== "over" && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={`${visiting.endVisit}: ${visitor.name}`}
          onClick={() => void end()}
        >
          {visiting.endVisit}
        </Button>
      )}
    </li>
  );
}

function Expect({ onClose }: { onClose(): void }) {
  const { app, visiting } = useWords();
  const zone = useContext(ZoneContext);
  const may = useMay();
  const client = useQueryClient();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [name, setName] = useState("");
  const [company, setCompany] = useState("");
  const [host, setHost] = useState<string | null>(null);
  const [from, setFrom] = useState("");
  const [until, setUntil] = useState("");
  const [places, setPlaces] = useState<string[]>([]);
  const [escort, setEscort] = useState(false);
  const [card, setCard] = useState("");
  const [code, setCode] = useState(false);
  const [given, setGiven] = useState<string>();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    if (host === null) return;
    const { doors, areas, groups } = placesOf(places);
    const added = await act(() =>
      api.addVisitor({
        name: name.trim(),
        host,
        company: company.trim() || undefined,
        from: fromLocalInput(from, zone) ?? undefined,
        until: fromLocalInput(until, zone) ?? undefined,
        doors,
        areas,
        groups,
        escort,
        card: card.trim() || undefined,
        code,
      }),
    );
    if (!added) return;
    await client.invalidateQueries({ queryKey: ["people"] });
    done(visiting.expected(added.person.name));
    if (added.code === undefined) onClose();
    else setGiven(added.code);
  };
  return (
    <Modal opened onClose={onClose} title={visiting.expect} closeButtonProps={{ "aria-label": app.close }}>
      {given !== undefined ? (
        <Stack>
          <CopyField label={visiting.codeIs} value={given} />
          <p className="soft">{visiting.codeHint}</p>
          <Button onClick={onClose}>{app.close}</Button>
        </Stack>
      ) : (
        <form onSubmit={(event) => void add(event)}>
          <Stack>
            <p className="soft">{visiting.expectHint}</p>
            <TextInput
              label={visiting.visitor}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              required
              data-autofocus
              autoComplete="off"
            />
            <TextInput
              label={visiting.company}
              value={company}
              onChange={({ currentTarget }) => setCompany(currentTarget.value)}
              autoComplete="off"
            />
            <PersonInput label={visiting.host} value={host} onChange={setHost} />
            <TextInput
              type="datetime-local"
              label={visiting.from}
              description={visiting.fromHint}
              value={from}
              onChange={({ currentTarget }) => setFrom(currentTarget.value)}
            />
            <TextInput
              type="datetime-local"
              label={visiting.letInUntil}
              description={visiting.untilHint}
              value={until}
              onChange={({ currentTarget }) => setUntil(currentTarget.value)}
            />
            <PlacesInput value={places} onChange={setPlaces} />
            <Checkbox
              label={visiting.escort}
              checked={escort}
              onChange={({ currentTarget }) => setEscort(currentTarget.checked)}
            />
            {may("credentials.write") && (
              <>
                <TextInput
                  label={visiting.card}
                  description={visiting.cardHint}
                  value={card}
                  onChange={({ currentTarget }) => setCard(currentTarget.value)}
                  autoComplete="off"
                  spellCheck={false}
                />
                <Checkbox
                  label={visiting.code}
                  checked={code}
                  onChange={({ currentTarget }) => setCode(currentTarget.checked)}
                />
              </>
            )}
            {error !== undefined && <Trouble error={error} />}
            <Button type="submit" loading={busy} disabled={name.trim() === "" || host === null}>
              {visiting.expect}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
