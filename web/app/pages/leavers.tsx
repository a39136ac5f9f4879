import { Button, Checkbox, SegmentedControl, Select, Stack, Textarea, TextInput } from "@mantine/core";
import { IconArrowLeft } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { api, type Leavers, type LeaversAsked } from "../api.js";
import { useActing, useSayTrouble } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

type By = "company" | "list" | "search";

/** Many people who leave at once: first who that is, then all of them, or nobody. */
export function LeaversPage() {
  const { pages, visiting } = useWords();
  const may = useMay();
  const [shown, setShown] = useState<{ readonly asked: LeaversAsked; readonly who: Leavers }>();
  if (!may("credentials.write") || !may("people.write")) return <Empty title={visiting.notYours} />;
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
        <h1>{visiting.leavers}</h1>
        <p>{visiting.leaversLead}</p>
      </div>
      <Stack>
        <Choose onShown={(asked, who) => setShown({ asked, who })} />
        {shown && <Preview key={shown.who.list} {...shown} onOver={() => setShown(undefined)} />}
        <Lately />
      </Stack>
    </div>
  );
}

function Choose({ onShown }: { onShown(asked: LeaversAsked, who: Leavers): void }) {
  const { visiting } = useWords();
  const { busy, error, act } = useActing();
  const [by, setBy] = useState<By>("company");
  const [company, setCompany] = useState<string | null>(null);
  const [list, setList] = useState("");
  const [search, setSearch] = useState("");
  const companies = useQuery({ queryKey: ["people", "companies"], queryFn: api.companies });
  const lines = [...new Set(list.split(/[\n;]/).map((line) => line.trim()))].filter((line) => line !== "");
  const asked: LeaversAsked | undefined =
    by === "company" && company !== null
      ? { company }
      : by === "list" && lines.length > 0
        ? { people: lines }
        : by === "search" && search.trim() !== ""
          ? { search: search.trim() }
          : undefined;
  const show = async (event: FormEvent) => {
    event.preventDefault();
    if (!asked) return;
    const who = await act(() => api.leavers({ ...asked, dryRun: true }));
    if (who) onShown(asked, who);
  };
  return (
    <form className="card" onSubmit={(event) => void show(event)}>
      <Stack>
        <SegmentedControl
          value={by}
          onChange={(next) => setBy(next as By)}
          data={[
            { value: "company", label: visiting.byCompany },
            { value: "list", label: visiting.byList },
            { value: "search", label: visiting.bySearch },
          ]}
          transitionDuration={0}
          fullWidth
        />
        {by === "company" && companies.isError && <Trouble error={companies.error} />}
        {by === "company" && companies.data?.length === 0 && (
          <Empty title={visiting.noCompany}>{visiting.noCompanyHint}</Empty>
        )}
        {by === "company" && (companies.data?.length ?? 0) > 0 && (
          <Select
            label={visiting.company}
            data={(companies.data ?? []).map((each) => ({
              value: each.company,
              label: visiting.companyOf(each.company, each.people),
            }))}
            value={company}
            onChange={setCompany}
            searchable
            comboboxProps={{ transitionProps: { duration: 0 } }}
          />
        )}
        {by === "list" && (
          <Textarea
            label={visiting.list}
            description={visiting.listHint}
            value={list}
            onChange={({ currentTarget }) => setList(currentTarget.value)}
            rows={6}
            spellCheck={false}
          />
        )}
        {by === "search" && (
          <TextInput
            type="search"
            label={visiting.searchText}
            value={search}
            onChange={({ currentTarget }) => setSearch(currentTarget.value)}
            autoComplete="off"
          />
        )}
        {error !== undefined && <Trouble error={error} />}
        <Button type="submit" variant="default" loading={busy} disabled={!asked}>
          {visiting.preview}
        </Button>
      </Stack>
    </form>
  );
}

function Preview({
  asked,
  who,
  onOver,
}: {
  readonly asked: LeaversAsked;
  readonly who: Leavers;
  onOver(): void;
}) {
  const { people: words, visiting } = useWords();
  const client = useQueryClient();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [except, setExcept] = useState<readonly string[]>([]);
  const [note, setNote] = useState("");
  const chosen = who.people.filter(({ id }) => !except.includes(id));
  const badges = chosen.reduce((sum, each) => sum + each.badges, 0);
  const changed = () => client.invalidateQueries({ queryKey: ["people"] });
  const revoke = async (event: FormEvent) => {
    event.preventDefault();
    const wanted = { ...asked, except: [...except] };
    const revoked = await act(async () => {
      // Without those that were taken out it is another list, of people who must be as they were shown.
      const list = except.length === 0 ? who.list : (await api.leavers({ ...wanted, dryRun: true })).list;
      return api.leavers({ ...wanted, expect: list, note: note.trim() || undefined });
    });
    if (!revoked) return;
    await changed();
    const actId = revoked.act;
    done(
      visiting.revoked(revoked.people.length),
      actId === undefined ? undefined : () => api.restoreLeavers(actId).then(changed),
    );
    onOver();
  };
  return (
    <form className="card" onSubmit={(event) => void revoke(event)}>
      <Stack>
        {who.people.length === 0 ? (
          <Empty title={visiting.nobody} />
        ) : (
          <p role="status">{visiting.would(chosen.length, badges)}</p>
        )}
        {who.alreadyRevoked > 0 && <p className="soft">{visiting.already(who.alreadyRevoked)}</p>}
        {who.unmatched.length > 0 && (
          <section>
            <h2>{visiting.unmatched(who.unmatched.length)}</h2>
            <p className="soft">{visiting.unmatchedHint}</p>
            <ul className="list">
              {who.unmatched.map(({ text, why }) => (
                <li key={text}>
                  <div className="list-main">
                    <strong>{text}</strong>
                    <small>{why}</small>
                  </div>
                </li>
              ))}
            </ul>
          </section>
        )}
        <ul className="list">
          {who.people.map((each) => (
            <li key={each.id}>
              <Checkbox
                aria-label={visiting.keep(each.name)}
                checked={!except.includes(each.id)}
                onChange={({ currentTarget: { checked } }) =>
                  setExcept(checked ? except.filter((id) => id !== each.id) : [...except, each.id])
                }
              />
              <div className="list-main">
                <strong>{each.name}</strong>
                <small>{[each.id, each.company].filter(Boolean).join(", ")}</small>
              </div>
              <span className="soft">
                {each.badges === 0 ? words.noBadges : words.badges(each.badges)}
                {each.pin && `, ${visiting.hasPin}`}
              </span>
            </li>
          ))}
        </ul>
        {who.people.length > 0 && (
          <>
            <TextInput
              label={visiting.note}
              description={visiting.noteHint}
              value={note}
              onChange={({ currentTarget }) => setNote(currentTarget.value)}
              autoComplete="off"
              maxLength={500}
            />
            {error !== undefined && <Trouble error={error} />}
            <Button type="submit" color="red" loading={busy} disabled={chosen.length === 0}>
              {visiting.revoke(chosen.length)}
            </Button>
          </>
        )}
      </Stack>
    </form>
  );
}

function Lately() {
  const { visiting } = useWords();
  const time = useSiteTime();
  const client = useQueryClient();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const query = useQuery({ queryKey: ["people", "leavers"], queryFn: api.leaversLately });
  const restore = async (act: string) => {
    try {
      const back = await api.restoreLeavers(act);
      await client.invalidateQueries({ queryKey: ["people"] });
      done(visiting.restored(back.people, back.badges));
    } catch (error) {
      sayTrouble(error);
    }
  };
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} />;
  if (query.data.length === 0) return null;
  return (
    <section className="card" aria-labelledby="lately-title">
      <h2 id="lately-title">{visiting.lately}</h2>
      <ul className="list">
        {query.data.map(({ act, at, by, note, people, badges, undoneAt }) => {
          const when = time.near(new Date(at), siteNow());
          return (
            <li key={act}>
              <div className="list-main">
                <strong>{visiting.act(people, badges)}</strong>
                <small>{visiting.by(by, when)}</small>
                {note !== null && <small>{note}</small>}
              </div>
              {undoneAt !== null ? (
                <span className="tag">{visiting.undone}</span>
              ) : (
                <Button
                  size="compact-sm"
                  variant="default"
                  aria-label={visiting.restoreOf(when)}
                  onClick={() => void restore(act)}
                >
                  {visiting.restore}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
    </section>
  );
}
