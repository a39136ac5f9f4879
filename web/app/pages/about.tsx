import { useQuery } from "@tanstack/react-query";
import { api, type Status } from "../api.js";
import { Empty, HelpLink, Note, Trouble, Waiting } from "../parts/states.js";
import { useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

export function AboutPage() {
  const words = useWords();
  const { about } = words;
  const query = useQuery({ queryKey: ["status"], queryFn: api.status, refetchInterval: 5_000 });
  return (
    <div className="narrow stack">
      <div className="heading">
        <h1>{about.title}</h1>
        <HelpLink page="getting-started">{words.pages.help}</HelpLink>
      </div>
      {query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <div className="cards">
          <Gateway status={query.data} />
          <Log status={query.data} />
          <Devices status={query.data} />
        </div>
      )}
    </div>
  );
}

function Facts({ facts }: { readonly facts: readonly (readonly [string, string | undefined])[] }) {
  return (
    <dl className="facts">
      {facts
        .filter(([, value]) => value !== undefined)
        .map(([name, value]) => (
          <div key={name} className="fact">
            <dt>{name}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  );
}

function Gateway({ status }: { readonly status: Status }) {
  const { about } = useWords();
  const time = useSiteTime();
  const { site, listening } = status;
  const reachable = [
    ...(listening?.web ?? []).map(({ url }) => `${about.web}: ${url}`),
    ...(listening?.mqtt ?? []).map(
      ({ host, port, tls }) => `${about.mqtt}: ${host}:${port} (${tls ? about.tls : about.plain})`,
    ),
  ];
  return (
    <section className="card" aria-labelledby="health-title">
      <div className="card-head">
        <h2 id="health-title">{about.health}</h2>
        {status.journal.state === "ok" && status.devices.missing.length === 0 && (
          <span className="tag" data-tone="good">
            {about.well}
          </span>
        )}
      </div>
      <Facts
        facts={[
          [about.version, status.version],
          [about.running, time.date(new Date(status.since))],
          [about.site, site ? `${site.name}, ${about.revision(site.revision)}` : undefined],
          [about.people, String(status.people)],
          [about.badges, String(status.credentials)],
          [about.accounts, String(status.accounts)],
          [about.memory, `${status.memoryMb} MB`],
          [about.listening, reachable.length > 0 ? reachable.join(", ") : undefined],
        ]}
      />
    </section>
  );
}

function Log({ status: { journal } }: { readonly status: Status }) {
  const { about, pages } = useWords();
  const time = useSiteTime();
  const failing = journal.state !== "ok";
  const head = journal.head ?? undefined;
  const size = journal.size ?? undefined;
  const growth =
    size && size.bytesADay !== null && size.eventsADay !== null
      ? about.growthOf(megabytes(size.bytesADay), size.eventsADay, size.daysLeft)
      : undefined;
  return (
    <section className="card" aria-labelledby="log-title">
      <div className="card-head">
        <h2 id="log-title">{about.journal}</h2>
        <span className="tag" data-tone={failing ? "bad" : "good"}>
          {failing ? about.journalFailing : about.journalOk}
        </span>
      </div>
      {failing && (
        <Note title={about.journalFailing}>
          {about.journalFailingHint} {journal.lastError}
        </Note>
      )}
      <Facts
        facts={[
          [about.lastEvent, String(journal.lastSeq)],
          [about.waiting, String(journal.waiting)],
          [about.size, size && about.sizeOf(megabytes(size.usedBytes), size.usedPercent)],
          [about.diskFree, size && megabytes(size.diskFreeBytes)],
          [about.growth, size && (growth ?? about.growthUnknown)],
          [about.since, size?.oldestAt ? time.date(new Date(size.oldestAt)) : undefined],
          [about.head, head && `${head.seq}, ${time.full(new Date(head.at))}`],
        ]}
      />
      {head && <code className="hash">{head.hash}</code>}
      <p className="soft">{head ? about.headHint : about.noHead}</p>
      <HelpLink page="log">{pages.help}</HelpLink>
    </section>
  );
}

function megabytes(bytes: number): string {
  if (bytes >= 1e9) return `${(bytes / 1e9).toFixed(1)} GB`;
  return bytes >= 1e6 ? `${Math.round(bytes / 1e6)} MB` : `${Math.round(bytes / 1e3)} kB`;
}

function Devices({ status: { devices } }: { readonly status: Status }) {
  const { about, pages } = useWords();
  return (
    <section className="card" aria-labelledby="devices-title">
      <div className="card-head">
        <h2 id="devices-title">{about.devices}</h2>
        <span className="tag" data-tone={devices.missing.length === 0 ? "good" : "warn"}>
          {about.devicesOnline(devices.online, devices.of)}
        </span>
      </div>
      {devices.of === 0 ? (
        <Empty title={about.noDevices} action={<HelpLink page="devices-mqtt">{pages.help}</HelpLink>} />
      ) : devices.missing.length === 0 ? (
        <p className="soft">{about.allThere}</p>
      ) : (
        <div>
          <h3>{about.missing}</h3>
          <ul className="list">
            {devices.missing.map((id) => (
              <li key={id}>{id}</li>
            ))}
          </ul>
          <HelpLink page="devices-mqtt">{pages.help}</HelpLink>
        </div>
      )}
    </section>
  );
}
