import { Button, Select, TextInput } from "@mantine/core";
import { useDebouncedValue, useMediaQuery } from "@mantine/hooks";
import { IconX } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useMemo, useRef, useState } from "react";
import { useLocation, useSearch } from "wouter";
import { api, type SiteEvent } from "../api.js";
import {
  eventsQuery,
  isAnything,
  type LastSpan,
  type LogAsked,
  type LogCategory,
  lastSpans,
  logAddress,
  logAsked,
  logCategories,
} from "../log-asked.js";
import { EventRow, rowSize } from "../parts/event-row.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useWindowed } from "../parts/windowed.js";
import { useLivePart, useMay } from "../session.js";
import { capital } from "../text.js";
import { fromLocalInput, siteNow, toLocalInput, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

const AssignCard = lazy(() =>
  import("../parts/assign-card.js").then(({ AssignCard }) => ({ default: AssignCard })),
);

const pageSize = 100;

type Ask = (change: Partial<{ [K in keyof LogAsked]: LogAsked[K] | undefined }>) => void;

/** The whole log, newest first: what was asked for stands in the address. */
export function LogPage() {
  const words = useWords();
  const may = useMay();
  const search = useSearch();
  const [, go] = useLocation();
  const asked = useMemo(() => logAsked(new URLSearchParams(search)), [search]);
  const ask: Ask = (change) => {
    const next = { ...asked, ...change };
    const given = Object.fromEntries(Object.entries(next).filter(([, value]) => value !== undefined));
    go(logAddress({ categories: [], ...given } as LogAsked), { replace: true });
  };
  return (
    <div className="narrow log">
      <div className="heading">
        <h1>{words.pages.log}</h1>
        <p>{words.log.lead}</p>
        <HelpLink page="log">{words.pages.help}</HelpLink>
      </div>
      {may("journal.read") ? (
        <>
          <Filters asked={asked} ask={ask} />
          <Found key={logAddress(asked)} asked={asked} onClear={() => go("/events", { replace: true })} />
        </>
      ) : (
        <Empty
          title={words.live.mayNotRead}
          action={<HelpLink page="accounts-and-sign-in">{words.pages.help}</HelpLink>}
        />
      )}
    </div>
  );
}

function Filters({ asked, ask }: { readonly asked: LogAsked; readonly ask: Ask }) {
  const words = useWords();
  const { log } = words;
  const may = useMay();
  const readable = logCategories.filter((category) =>
    may(category === "audit" ? "audit.read" : `events.${category}`),
  );
  const toggle = (category: LogCategory) =>
    ask({
      categories: asked.categories.includes(category)
        ? asked.categories.filter((each) => each !== category)
        : [...asked.categories, category],
    });
  return (
    <search className="log-filters">
      <fieldset className="chips">
        <legend className="only-heard">{log.kinds}</legend>
        {readable.map((category) => (
          <button
            key={category}
            type="button"
            className="chip"
            aria-pressed={asked.categories.includes(category)}
            onClick={() => toggle(category)}
          >
            {log.categories[category]}
          </button>
        ))}
      </fieldset>
      <div className="log-selects">
        <What asked={asked} ask={ask} readable={readable} />
        <DoorChoice asked={asked} ask={ask} />
        {may("people.read") && <Who asked={asked} ask={ask} />}
        <When asked={asked} ask={ask} />
      </div>
      <Chosen asked={asked} ask={ask} />
    </search>
  );
}

const still = { transitionProps: { duration: 0 } };

function What({
  asked,
  ask,
  readable,
}: {
  readonly asked: LogAsked;
  readonly ask: Ask;
  readonly readable: readonly LogCategory[];
}) {
  const { log } = useWords();
  const from = asked.categories.length > 0 ? asked.categories : readable;
  const data = Object.entries(log.types)
    .filter(([type]) => from.some((category) => type.startsWith(`${category}.`)))
    .map(([value, label]) => ({ value, label }));
  return (
    <Select
      label={log.what}
      placeholder={log.anything}
      value={asked.type ?? null}
      data={withChosen(data, asked.type)}
      onChange={(type) => ask({ type: type ?? undefined })}
      searchable
      clearable
      nothingFoundMessage={log.noChoice}
      comboboxProps={still}
    />
  );
}

function DoorChoice({ asked, ask }: { readonly asked: LogAsked; readonly ask: Ask }) {
  const { log } = useWords();
  const doors = useLivePart((state) => state.doors);
  const data = useMemo(
    () =>
      [...doors.values()]
        .map(({ id, name }) => ({ value: id, label: name }))
        .sort((a, b) => a.label.localeCompare(b.label)),
    [doors],
  );
  return (
    <Select
      label={log.door}
      placeholder={log.anyDoor}
      value={asked.door ?? null}
      data={withChosen(data, asked.door)}
      onChange={(door) => ask({ door: door ?? undefined })}
      searchable
      clearable
      limit={200}
      nothingFoundMessage={log.noChoice}
      comboboxProps={still}
    />
  );
}

function usePersonName(id: string | undefined): string | undefined {
  const query = useQuery({
    queryKey: ["people", "one", id],
    queryFn: () => api.person(id ?? ""),
    enabled: id !== undefined,
    staleTime: 60_000,
  });
  return id === undefined ? undefined : (query.data?.name ?? id);
}

function Who({ asked, ask }: { readonly asked: LogAsked; readonly ask: Ask }) {
  const { log, person } = useWords();
  const [typed, setTyped] = useState("");
  const [sought] = useDebouncedValue(typed.trim(), 150);
  const name = usePersonName(asked.person);
  const found = useQuery({
    queryKey: ["people", "found", sought],
    queryFn: () => api.people({ search: sought, limit: 20 }),
    placeholderData: keepPreviousData,
  });
  const data = (found.data?.people ?? []).map(({ id, name }) => ({ value: id, label: name }));
  const chosen = asked.person;
  const known = chosen === undefined || data.some(({ value }) => value === chosen);
  return (
    <Select
      label={log.person}
      {...(chosen === undefined ? {} : { description: person.historyHint })}
      inputWrapperOrder={["label", "input", "description", "error"]}
      placeholder={log.anybody}
      value={chosen ?? null}
      data={known ? data : [{ value: chosen, label: name ?? chosen }, ...data]}
      // The gateway has searched already, in numbers of cards as well.
      filter={({ options }) => options}
      searchValue={typed}
      onSearchChange={setTyped}
      onChange={(id) => ask({ person: id ?? undefined })}
      searchable
      clearable
      nothingFoundMessage={log.noChoice}
      comboboxProps={still}
    />
  );
}

type Span = LastSpan | "range";

function When({ asked, ask }: { readonly asked: LogAsked; readonly ask: Ask }) {
  const { log, person } = useWords();
  const { zone } = useSiteTime();
  const ranged = asked.from !== undefined || asked.until !== undefined;
  const [ranging, setRanging] = useState(ranged);
  const value: Span | null = asked.last ?? (ranged || ranging ? "range" : null);
  const choose = (next: Span | null) => {
    setRanging(next === "range");
    ask({
      last: lastSpans.find((span) => span === next),
      ...(next === "range" ? {} : { from: undefined, until: undefined }),
    });
  };
  const siteZone = zone.replaceAll(" ", "_");
  const edge = (name: "from" | "until") => (
    <TextInput
      type="datetime-local"
      label={log[name]}
      description={person.validHint}
      value={toLocalInput(asked[name] ?? null, siteZone)}
      onChange={({ currentTarget }) =>
        ask({ [name]: fromLocalInput(currentTarget.value, siteZone) ?? undefined })
      }
    />
  );
  return (
    <>
      <Select
        label={log.when}
        placeholder={log.anyTime}
        value={value}
        data={[
          ...lastSpans.map((span) => ({ value: span, label: log.last[span] })),
          { value: "range", label: log.range },
        ]}
        onChange={(next) => choose(next as Span | null)}
        clearable
        comboboxProps={still}
      />
      {value === "range" && (
        <>
          {edge("from")}
          {edge("until")}
        </>
      )}
    </>
  );
}

/** What is asked for, each with its way out: the list below says nothing about what it leaves out. */
function Chosen({ asked, ask }: { readonly asked: LogAsked; readonly ask: Ask }) {
  const { log } = useWords();
  const time = useSiteTime();
  const doors = useLivePart((state) => state.doors);
  const may = useMay();
  const name = usePersonName(may("people.read") ? asked.person : undefined);
  const moment = (iso: string) => time.date(new Date(iso));
  const chosen: readonly (readonly [string, string, Parameters<Ask>[0]])[] = [
    ...asked.categories.map(
      (category) =>
        [
          category,
          log.categories[category],
          { categories: asked.categories.filter((each) => each !== category) },
        ] as const,
    ),
    ...(asked.type ? [["type", log.types[asked.type] ?? asked.type, { type: undefined }] as const] : []),
    ...(asked.door
      ? [["door", doors.get(asked.door)?.name ?? asked.door, { door: undefined }] as const]
      : []),
    ...(asked.person ? [["person", name ?? asked.person, { person: undefined }] as const] : []),
    ...(asked.last ? [["last", log.last[asked.last], { last: undefined }] as const] : []),
    ...(asked.from ? [["from", log.since(moment(asked.from)), { from: undefined }] as const] : []),
    ...(asked.until ? [["until", log.before(moment(asked.until)), { until: undefined }] as const] : []),
  ];
  if (chosen.length === 0) return null;
  return (
    <ul className="chips" aria-label={log.chosen}>
      {chosen.map(([key, label, without]) => (
        <li key={key}>
          <button
            type="button"
            className="chip"
            data-chosen
            aria-label={log.without(label)}
            onClick={() => ask(without)}
          >
            {label} <IconX size={14} aria-hidden />
          </button>
        </li>
      ))}
    </ul>
  );
}

function withChosen(data: { value: string; label: string }[], chosen: string | undefined) {
  const known = chosen === undefined || data.some(({ value }) => value === chosen);
  return known ? data : [...data, { value: chosen, label: chosen }];
}

function Found({ asked, onClear }: { readonly asked: LogAsked; onClear(): void }) {
  const words = useWords();
  const { log, live } = words;
  const may = useMay();
  const [assigning, setAssigning] = useState<SiteEvent>();
  // "The last week" is counted from when it was asked, so that older pages go on where the first one ended.
  const [query] = useState(() => eventsQuery(asked, siteNow()));
  const found = useInfiniteQuery({
    queryKey: ["log", query],
    queryFn: ({ pageParam }) =>
      api.events({ ...query, limit: pageSize, ...(pageParam === undefined ? {} : { before: pageParam }) }),
    initialPageParam: undefined as number | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    staleTime: 0,
    gcTime: 0,
  });
  const events = useMemo(() => found.data?.pages.flatMap((page) => page.events) ?? [], [found.data]);
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  if (events.length === 0) {
    return isAnything(asked) ? (
      <Empty title={live.noEvents}>{live.noEventsHint}</Empty>
    ) : (
      <Empty
        title={log.none}
        action={
          <Button variant="default" onClick={onClear}>
            {log.clear}
          </Button>
        }
      >
        {log.noneHint}
      </Empty>
    );
  }
  return (
    <section aria-label={words.pages.log}>
      <Rows events={events} onAssign={may("credentials.write") ? setAssigning : undefined} />
      {found.hasNextPage ? (
        <Button
          variant="default"
          className="older"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {live.older}
        </Button>
      ) : (
        <p className="soft log-end">{isAnything(asked) ? log.beginning : log.thatIsAll(events.length)}</p>
      )}
      {assigning && (
        <Suspense fallback={null}>
          <AssignCard event={assigning} onClose={() => setAssigning(undefined)} />
        </Suspense>
      )}
    </section>
  );
}

function Rows({
  events,
  onAssign,
}: {
  readonly events: readonly SiteEvent[];
  readonly onAssign: ((event: SiteEvent) => void) | undefined;
}) {
  const time = useSiteTime();
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false }) ?? false;
  const list = useRef<HTMLOListElement>(null);
  const drawn = useMemo(
    () =>
      events.map((event) => {
        const row = { key: event.id, seq: event.seq, at: event.at, lead: event, left: false, steps: [] };
        const sentence = capital(event.sentence);
        return { row, sentence, size: rowSize(row, sentence, narrow ? "narrow" : "wide") };
      }),
    [events, narrow],
  );
  const heights = useMemo(() => drawn.map(({ size }) => size.heightPx), [drawn]);
  const { first, end, abovePx, belowPx } = useWindowed(list, heights);
  const today = time.day(siteNow());
  return (
    <div className="events-frame">
      <ol ref={list} className="events" style={{ paddingTop: abovePx, paddingBottom: belowPx }}>
        {drawn.slice(first, end).map(({ row, sentence, size }) => {
          const day = time.day(new Date(row.at));
          return (
            <EventRow
              key={row.key}
              row={row}
              size={size}
              time={time}
              sentence={sentence}
              day={day === today ? undefined : time.shortDay(new Date(row.at))}
              onAssign={onAssign}
            />
          );
        })}
      </ol>
    </div>
  );
}
