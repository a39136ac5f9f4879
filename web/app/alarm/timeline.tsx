import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, type SiteEvent } from "../api.js";
import { Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { capital } from "../text.js";
import { siteNow, useSiteTime } from "../time.js";
import { useSpoken } from "../words/words.js";

const pageEvents = 500;
const mostPages = 6;
/** The event that began it is a moment older or younger than the alarm itself. */
const marginMs = 2_000;
const categories = "alarm,safety,access,door,device";

/** All events of one alarm, the oldest first. */
async function eventsOf(incident: string, from: string, until: string | null): Promise<SiteEvent[]> {
  const asked = {
    categories,
    from: new Date(Date.parse(from) - marginMs).toISOString(),
    ...(until === null ? {} : { until: new Date(Date.parse(until) + marginMs).toISOString() }),
    limit: pageEvents,
  };
  const found: SiteEvent[] = [];
  let before: number | undefined;
  for (let n = 0; n < mostPages; n += 1) {
    const page = await api.events({ ...asked, ...(before === undefined ? {} : { before }) });
    found.push(...page.events.filter((event: SiteEvent) => event.incident === incident));
    if (page.next === null) break;
    before = page.next;
  }
  return found.sort((a, b) => a.seq - b.seq);
}

/** What happened in one alarm and what was done about it. */
export function Timeline({
  incident,
  from,
  until,
  mark,
}: {
  readonly incident: string;
  readonly from: string;
  /** null: it is open. */
  readonly until: string | null;
  /** Changes whenever there is more to tell. */
  readonly mark: string;
}) {
  const { words, language } = useSpoken();
  const { alarms } = words;
  const may = useMay();
  const time = useSiteTime();
  const mayRead = may("journal.read");
  const found = useQuery({
    queryKey: ["timeline", incident, mark, language],
    queryFn: () => eventsOf(incident, from, until),
    placeholderData: (before) => before,
    enabled: mayRead,
  });
  if (!mayRead) return <p className="soft">{alarms.timelineNoRight}</p>;
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  if (found.data.length === 0) return <p className="soft">{alarms.timelineNone}</p>;
  const today = time.day(siteNow());
  return (
    <ol className="timeline">
      {found.data.map((event) => {
        const at = new Date(event.at);
        return (
          <li key={event.id} data-severity={event.severity}>
            <time dateTime={event.at}>
              {time.time(at)}
              {time.day(at) !== today && <small> {time.day(at)}</small>}
            </time>
            <Link href={`/events/${event.id}`}>{capital(event.sentence)}</Link>
          </li>
        );
      })}
    </ol>
  );
}
