import { Button, Group } from "@mantine/core";
import { IconFileSpreadsheet } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type ChangeEvent, useRef, useState } from "react";
import { Link } from "wouter";
import { api, type PeopleImport } from "../api.js";
import { useActing } from "../parts/acting.js";
import { Empty, HelpLink, Note, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";

const lookAgainAfterMs = 500;
/** A piece is one short request: the longer the list, the more of them, and never a long one. */
const bytesAPiece = 1024 * 1024;

const key = ["imports", "people"];
const isOver = ({ state }: PeopleImport): boolean =>
  state === "done" || state === "cancelled" || state === "failed";
/** It may be applied, and there would be a difference. */
const changesSomething = ({ refused, summary }: PeopleImport): boolean =>
  refused === 0 && summary !== null && summary.added + summary.changed > 0;
const isWorking = ({ state }: PeopleImport): boolean => state === "checking" || state === "applying";

export function PeopleImportPage() {
  const words = useWords();
  const own = words.imports;
  const may = useMay();
  const client = useQueryClient();
  const { busy, error, act, forget } = useActing();
  const [again, setAgain] = useState(false);
  const stopped = useRef(false);
  const query = useQuery({
    queryKey: key,
    queryFn: api.imports,
    // Somebody who left the page and comes back sees how far it is.
    refetchInterval: ({ state }) => (state.data?.[0] && isWorking(state.data[0]) ? lookAgainAfterMs : false),
    staleTime: 0,
  });
  const newest = query.data?.[0];
  const job = again || newest?.state === "cancelled" ? undefined : newest;
  const seen = (now: PeopleImport) => client.setQueryData(key, [now]);

  const bring = async (file: File) => {
    stopped.current = false;
    let begun: string | undefined;
    const sent = await act(async () => {
      let now = await api.beginImport({ name: file.name, bytes: file.size });
      begun = now.import;
      setAgain(false);
      seen(now);
      for (let offset = 0; offset < file.size; offset += bytesAPiece) {
        if (stopped.current) return true;
        now = await api.sendImport(now.import, offset, file.slice(offset, offset + bytesAPiece));
        seen(now);
      }
      if (!stopped.current) seen(await api.checkImport(now.import));
      return true;
    });
    // Half of a list is of use to nobody.
    if (!sent && begun !== undefined) await api.cancelImport(begun).catch(() => {});
    await client.invalidateQueries({ queryKey: key });
  };
  const tell = (work: () => Promise<PeopleImport>) =>
    act(async () => {
      seen(await work());
      await client.invalidateQueries({ queryKey: key });
      await client.invalidateQueries({ queryKey: ["people"] });
    });
  const cancel = (id: string) => {
    stopped.current = true;
    void tell(() => api.cancelImport(id));
  };
  const afresh = () => {
    forget();
    setAgain(true);
  };

  if (!may("people.write")) return <Empty title={own.notYours}>{words.app.notAllowedHint}</Empty>;
  return (
    <div className="narrow stack">
      <div className="heading">
        <h1>{own.title}</h1>
        <p>{own.lead}</p>
        <HelpLink page="people-and-badges">{words.pages.help}</HelpLink>
        <Button component={Link} href="/people" variant="default">
          {words.pages.people}
        </Button>
      </div>
      {query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {error !== undefined && <Trouble error={error} onRetry={afresh} />}
      {query.data && !job && error === undefined && <Choose onFile={(file) => void bring(file)} />}
      {job && (
        <section className="card import" aria-labelledby="import-name">
          <h2 id="import-name">{job.name}</h2>
          {!isOver(job) && job.state !== "checked" && <Progress job={job} />}
          {job.state === "checked" && <Checked job={job} />}
          {isOver(job) && <Outcome job={job} />}
          <Group justify="flex-end" className="import-acts">
            {!isOver(job) && (
              <Button variant="default" onClick={() => cancel(job.import)}>
                {job.state === "checked" && !changesSomething(job) ? own.another : words.app.cancel}
              </Button>
            )}
            {job.state === "checked" && job.summary && changesSomething(job) && (
              <Button loading={busy} onClick={() => void tell(() => api.applyImport(job.import))}>
                {own.apply(job.summary.added + job.summary.changed)}
              </Button>
            )}
            {isOver(job) && (
              <Button variant="default" onClick={afresh}>
                {own.another}
              </Button>
            )}
          </Group>
        </section>
      )}
    </div>
  );
}

function Choose({ onFile }: { onFile(file: File): void }) {
  const { imports } = useWords();
  const chosen = ({ currentTarget }: ChangeEvent<HTMLInputElement>) => {
    const [file] = currentTarget.files ?? [];
    if (file) onFile(file);
  };
  return (
    <section className="card import" aria-labelledby="choose-title">
      <h2 id="choose-title">{imports.choose}</h2>
      <p className="soft">{imports.chooseHint}</p>
      <p>
        <code>person, name, groups, credential, printed, valid_from, valid_until, status</code>
      </p>
      <label className="import-file">
        <IconFileSpreadsheet size={20} aria-hidden />
        <span>{imports.file}</span>
        <input type="file" accept=".csv,text/csv" onChange={chosen} />
      </label>
      <p className="soft">{imports.nothingYet}</p>
    </section>
  );
}

function Progress({ job }: { readonly job: PeopleImport }) {
  const { imports, number } = useImportWords();
  const step = imports.steps[job.step ?? ""] ?? imports.steps[job.state] ?? "";
  const inPeople = job.state === "applying";
  return (
    <div className="import-progress">
      <label>
        {step}
        <progress max={job.of > 0 ? job.of : 1} {...(job.of > 0 ? { value: job.done } : {})} />
      </label>
      <p className="soft" role="status">
        {inPeople
          ? imports.ofPeople(number(job.done), number(job.of))
          : job.lines > 0
            ? imports.linesRead(number(job.lines))
            : imports.percent(job.of > 0 ? Math.floor((100 * job.done) / job.of) : 0)}
        {job.refused > 0 && ` · ${imports.refused(number(job.refused))}`}
        {job.leftMs !== null && job.of > 0 && ` · ${imports.left(Math.ceil(job.leftMs / 1000))}`}
      </p>
    </div>
  );
}

function Checked({ job }: { readonly job: PeopleImport }) {
  const { imports, number } = useImportWords();
  const { summary, faults } = job;
  if (!summary) return null;
  const shown = job.preview.filter(
    ({ what }) => what !== "unchanged" || summary.added + summary.changed === 0,
  );
  return (
    <>
      {job.refused > 0 ? (
        <Note title={imports.faulty(number(job.refused))}>{imports.faultyHint}</Note>
      ) : (
        <p>{changesSomething(job) ? imports.sound : imports.nothingToDo}</p>
      )}
      <dl className="import-sums">
        {(["added", "changed", "unchanged"] as const).map((what) => (
          <div key={what}>
            <dt>{imports.what[what]}</dt>
            <dd>{number(summary[what])}</dd>
          </div>
        ))}
        <div>
          <dt>{imports.what.refused}</dt>
          <dd data-tone={job.refused > 0 ? "bad" : undefined}>{number(job.refused)}</dd>
        </div>
      </dl>
      {faults.length > 0 && (
        <>
          <h3>{imports.faults}</h3>
          <ul className="list import-faults">
            {faults.map((fault) => (
              <li key={`${fault.line} ${fault.column} ${fault.message}`}>
                <span>{imports.line(fault.line)}</span>
                <div className="list-main">
                  {fault.column !== "" && <code>{fault.column}</code>} {fault.message}
                </div>
              </li>
            ))}
          </ul>
          {job.refused > faults.length && <p className="soft">{imports.firstFaults(faults.length)}</p>}
        </>
      )}
      {faults.length === 0 && shown.length > 0 && (
        <>
          <h3>{imports.preview}</h3>
          <ul className="list">
            {shown.map((row) => (
              <li key={row.person}>
                <div className="list-main">
                  {row.name || row.person}
                  <small>{row.person}</small>
                </div>
                <span className="tag">{imports.what[row.what]}</span>
              </li>
            ))}
          </ul>
        </>
      )}
    </>
  );
}

function Outcome({ job }: { readonly job: PeopleImport }) {
  const { imports, number } = useImportWords();
  if (job.state === "done") {
    const { added = 0, changed = 0, unchanged = 0 } = job.summary ?? {};
    return <p role="status">{imports.done(number(added), number(changed), number(unchanged))}</p>;
  }
  return (
    <Note title={imports.failed}>
      <p>{job.message}</p>
      <p>{imports.failedHint}</p>
    </Note>
  );
}

function useImportWords() {
  const { imports, app } = useWords();
  const format = new Intl.NumberFormat(document.documentElement.lang || "en");
  return { imports, app, number: (n: number) => format.format(n) };
}
