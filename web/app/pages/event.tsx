import { Button } from "@mantine/core";
import { IconArrowLeft, IconCheck, IconQuestionMark, IconX } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import { api, Refused, type SiteEvent } from "../api.js";
import { isDenial, isUnknownCard } from "../parts/event-row.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useLivePart, useMay } from "../session.js";
import { capital } from "../text.js";
import { useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

const AssignCard = lazy(() =>
  import("../parts/assign-card.js").then(({ AssignCard }) => ({ default: AssignCard })),
);

/** One event: what happened, how it was decided rule by rule, and what would have changed the answer. */
export function EventPage({ id }: { readonly id: string }) {
  const words = useWords();
  const query = useQuery({
    queryKey: ["event", id],
    queryFn: () => api.event(id),
    staleTime: Number.POSITIVE_INFINITY,
  });
  if (query.isPending) return <Waiting />;
  if (query.isError) {
    return query.error instanceof Refused && query.error.status === 404 ? (
      <Empty title={words.event.notFound} action={<BackToLive />}>
        {words.event.notFoundHint}
      </Empty>
    ) : (
      <Trouble error={query.error} onRetry={() => void query.refetch()} page />
    );
  }
  return <Told event={query.data} />;
}

function BackToLive() {
  const { pages } = useWords();
  return (
    <Button
      component={Link}
      href="/"
      variant="subtle"
      size="compact-sm"
      leftSection={<IconArrowLeft size={18} aria-hidden />}
    >
      {pages.live}
    </Button>
  );
}

function Told({ event }: { readonly event: SiteEvent }) {
  const words = useWords();
  const may = useMay();
  const time = useSiteTime();
  const [assigning, setAssigning] = useState(false);
  const mayAssign = isUnknownCard(event) && may("credentials.write");
  return (
    <article className="narrow event-page">
      <div className="heading">
        <BackToLive />
        <HelpLink page="doors-and-decisions">{words.pages.help}</HelpLink>
      </div>
      <header
        className="card event-head"
        data-severity={event.severity}
        data-denial={isDenial(event) || undefined}
      >
        <p className="soft">
          {time.day(new Date(event.at))}, <time dateTime={event.at}>{time.time(new Date(event.at))}</time>
        </p>
        <h1>{capital(event.sentence)}</h1>
        {event.durable === false && <p>{words.live.notOnDisk}</p>}
        {event.remedy && (
          <p className="remedy">
            <strong>{words.event.remedy}:</strong> {capital(event.remedy)}.
          </p>
        )}
        <div className="actions">
          {mayAssign && <Button onClick={() => setAssigning(true)}>{words.event.assign}</Button>}
          {event.person && may("people.read") && (
            <Button component={Link} href={`/people/${event.person}`} variant="default">
              {words.event.openPerson}
            </Button>
          )}
        </div>
        {mayAssign && <p className="soft">{words.event.assignHint}</p>}
      </header>
      <Trace event={event} />
      <Facts event={event} />
      {assigning && (
        <Suspense fallback={null}>
          <AssignCard event={event} onClose={() => setAssigning(false)} />
        </Suspense>
      )}
    </article>
  );
}

function Trace({ event }: { readonly event: SiteEvent }) {
  const { event: words } = useWords();
  const trace = event.trace ?? [];
  return (
    <section className="card" aria-labelledby="trace-title">
      <div>
        <h2 id="trace-title">{words.trace}</h2>
        <p className="soft">{trace.length > 0 ? words.traceHint : words.noTrace}</p>
      </div>
      {trace.length > 0 && (
        <ol className="trace">
          {trace.map(([rule, answer]) => {
            const ok = answer === "ok";
            const Icon = ok ? IconCheck : IconX;
            return (
              <li key={rule} data-ok={ok}>
                <span className="trace-mark">
                  <Icon size={18} aria-hidden />
                </span>
                <div>
                  <p className="trace-rule">{words.rules[rule] ?? capital(rule.replaceAll("-", " "))}</p>
                  <p className="soft">{ok ? words.ok : `${words.no}: ${answer}`}</p>
                </div>
              </li>
            );
          })}
          {isDenial(event) && (
            <li data-ok="unasked">
              <span className="trace-mark">
                <IconQuestionMark size={18} aria-hidden />
              </span>
              <p className="soft">{words.notAsked}</p>
            </li>
          )}
        </ol>
      )}
    </section>
  );
}

function Facts({ event }: { readonly event: SiteEvent }) {
  const words = useWords();
  const time = useSiteTime();
  const doors = useLivePart((state) => state.doors);
  const { event: names } = words;
  const facts: readonly (readonly [string, string | undefined])[] = [
    [names.at, time.full(new Date(event.at))],
    [names.severity, names.severities[event.severity]],
    [names.door, event.door && (doors.get(event.door)?.name ?? event.door)],
    [names.card, event.shown ?? event.credential],
    [names.device, event.device],
    [names.type, event.type],
    [names.revision, event.revision === undefined ? undefined : String(event.revision)],
    [names.number, String(event.seq)],
  ];
  return (
    <section className="card" aria-labelledby="facts-title">
      <h2 id="facts-title">{names.facts}</h2>
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
    </section>
  );
}
