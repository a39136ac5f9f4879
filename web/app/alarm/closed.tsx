import { Button } from "@mantine/core";
import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type SiteEvent } from "../api.js";
import { Empty, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { capital } from "../text.js";
import { siteNow, useLasting, useSiteTime } from "../time.js";
import { useSpoken, useWords } from "../words/words.js";
import { useAlarmNames } from "./names.js";
import { Timeline } from "./timeline.js";

const pageEvents = 50;

/** Alarms that somebody closed, the newest first, each with all that happened in it. */
export function Closed() {
  const { words, language } = useSpoken();
  const { alarms, app } = words;
  const may = useMay();
  const types = may("discreet") ? "alarm.closed,alarm.silent-closed" : "alarm.closed";
  const mayRead = may("journal.read");
  const found = useInfiniteQuery({
    queryKey: ["closed-alarms", types, language],
    queryFn: ({ pageParam }) =>
      api.events({ types, limit: pageEvents, ...(pageParam === 0 ? {} : { before: pageParam }) }),
    initialPageParam: 0,
    getNextPageParam: ({ next }) => next ?? undefined,
    enabled: mayRead,
    staleTime: 0,
  });
  if (!mayRead) return <Empty title={alarms.timelineNoRight} />;
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  const events: SiteEvent[] = found.data.pages.flatMap((page) => page.events);
  if (events.length === 0) return <Empty title={alarms.closedNone}>{alarms.closedNoneHint}</Empty>;
  return (
    <div className="narrow stack">
      <ul className="card list">
        {events.map((event) => (
          <ClosedAlarm key={event.id} event={event} />
        ))}
      </ul>
      {found.hasNextPage && (
        <Button
          variant="default"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {app.more}
        </Button>
      )}
    </div>
  );
}

const numberIn = (data: SiteEvent["data"], name: string): number | undefined => {
  const value = data?.[name];
  return typeof value === "number" ? value : undefined;
};

function ClosedAlarm({ event }: { readonly event: SiteEvent }) {
  const { alarms } = useWords();
  const time = useSiteTime();
  const lasting = useLasting();
  const [open, setOpen] = useState(false);
  const names = useAlarmNames();
  const place = event.sensor ?? (event.door === undefined ? event.device : `door/${event.door}`);
  const cause = String(event.data?.cause ?? "");
  const said = (alarms.causes as Readonly<Record<string, string>>)[cause] ?? cause;
  const title = place === undefined ? capital(event.sentence) : alarms.titleAt(names.zone(place), said);
  const note = event.data?.note;
  const lastedS = numberIn(event.data, "lastedS");
  const ackS = numberIn(event.data, "acknowledgedAfterS");
  const from = new Date(Date.parse(event.at) - (lastedS ?? 0) * 1000).toISOString();
  return (
    <li>
      <div className="list-main">
        <strong>{title}</strong>
        {typeof note === "string" && <p>{note}</p>}
        <small>
          {[
            time.near(new Date(event.at), siteNow()),
            ...(event.by ? [alarms.closedBy(event.by.id)] : []),
            ...(lastedS === undefined ? [] : [alarms.lasted(lasting(lastedS * 1000))]),
            ...(ackS === undefined ? [] : [alarms.ackAfter(lasting(ackS * 1000))]),
          ].join(" · ")}
        </small>
      </div>
      {event.incident !== undefined && (
        <Button
          variant="default"
          size="compact-md"
          aria-expanded={open}
          aria-label={`${alarms.showTimeline}: ${title}`}
          onClick={() => setOpen(!open)}
        >
          {alarms.showTimeline}
        </Button>
      )}
      {open && event.incident !== undefined && (
        <div className="closed-timeline">
          <Timeline incident={event.incident} from={from} until={event.at} mark="closed" />
        </div>
      )}
    </li>
  );
}
