import { Button, SegmentedControl } from "@mantine/core";
import { useMediaQuery } from "@mantine/hooks";
import { lazy, type PointerEvent, Suspense, useCallback, useEffect, useMemo, useRef, useState } from "react";
import type { Door, SiteEvent } from "../api.js";
import { useSayTrouble } from "../parts/acting.js";
import { DoorTile } from "../parts/door-tile.js";
import { arranged, isException } from "../parts/door-words.js";
import { EventRow, isTrouble, rowSize, sentenceOf } from "../parts/event-row.js";
import { Empty, HelpLink } from "../parts/states.js";
import { useWindowed } from "../parts/windowed.js";
import type { Row } from "../passages.js";
import { useLivePart, useLiveStore, useMay } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

const AssignCard = lazy(() =>
  import("../parts/assign-card.js").then(({ AssignCard }) => ({ default: AssignCard })),
);

export function LivePage() {
  const { live, pages } = useWords();
  return (
    <div className="live">
      <h1 className="only-heard">{pages.live}</h1>
      <nav className="jump" aria-label={live.shown}>
        <a href="#doors">{live.doors}</a> <a href="#happened">{live.happened}</a>
      </nav>
      <Doors />
      <Happened />
    </div>
  );
}

function Doors() {
  const words = useWords();
  const { live } = words;
  const doors = useLivePart((state) => state.doors);
  const known = useLivePart((state) => state.site !== undefined);
  const stale = useLivePart(({ link }) => link.is === "stale");
  const [holding, setHolding] = useState(false);
  const sorted = useKept(arranged(doors.values()), holding);
  const exceptions = sorted.filter(isException).length;
  return (
    <section id="doors" aria-labelledby="doors-title" className="doors" tabIndex={-1}>
      <div className="heading">
        <h2 id="doors-title">{live.doors}</h2>
        {sorted.length > 0 && (
          <p>
            {live.count(sorted.length)}, {exceptions === 0 ? live.allWell : live.attention(exceptions)}
          </p>
        )}
        <HelpLink page="live">{words.pages.help}</HelpLink>
      </div>
      {known && sorted.length === 0 && (
        <Empty title={live.noDoors} action={<HelpLink page="site-document">{words.pages.help}</HelpLink>}>
          {live.noDoorsHint}
        </Empty>
      )}
      <ul className="tiles">
        {sorted.map((door) => (
          <DoorTile key={door.id} door={door} stale={stale} onHolding={setHolding} />
        ))}
      </ul>
    </section>
  );
}

/** Keeps the order while somebody holds a button: tiles do not jump away from under a finger. */
function useKept(doors: readonly Door[], holding: boolean): readonly Door[] {
  const order = useRef<readonly string[]>([]);
  if (!holding) order.current = doors.map(({ id }) => id);
  const place = new Map(order.current.map((id, n) => [id, n]));
  return holding ? [...doors].sort((a, b) => (place.get(a.id) ?? 0) - (place.get(b.id) ?? 0)) : doors;
}

/** How long the list waits for a mouse or a keyboard that has stopped. */
const restMs = 6_000;

type Shown = "everything" | "access" | "trouble";

const filters: Readonly<Record<Shown, (event: SiteEvent) => boolean>> = {
  everything: () => true,
  access: ({ type }) =>
    type.startsWith("access.") || type === "door.exit-requested" || type === "door.unlocked",
  trouble: isTrouble,
};

function Happened() {
  const words = useWords();
  const { live } = words;
  const may = useMay();
  const rows = useLivePart((state) => state.rows);
  const loaded = useLivePart((state) => state.loaded);
  const hasOlder = useLivePart((state) => state.hasOlder);
  const [shown, setShown] = useState<Shown>("everything");
  const [assigning, setAssigning] = useState<SiteEvent>();
  const chosen = useMemo(() => rows.filter(({ lead }) => filters[shown](lead)), [rows, shown]);
  const mayRead = may("journal.read");
  return (
    <section id="happened" aria-labelledby="happened-title" className="happened" tabIndex={-1}>
      <div className="heading">
        <h2 id="happened-title">{live.happened}</h2>
        {mayRead && (
          <SegmentedControl
            size="xs"
            value={shown}
            onChange={setShown}
            aria-label={live.shown}
            transitionDuration={0}
            data={[
              { value: "everything", label: live.everything },
              { value: "access", label: live.access },
              { value: "trouble", label: live.trouble },
            ]}
          />
        )}
      </div>
      {!mayRead && (
        <Empty
          title={live.mayNotRead}
          action={<HelpLink page="accounts-and-sign-in">{words.pages.help}</HelpLink>}
        />
      )}
      {loaded && mayRead && chosen.length === 0 && (
        <Empty title={rows.length === 0 ? live.noEvents : live.noneOfKind}>
          {rows.length === 0 && live.noEventsHint}
        </Empty>
      )}
      {chosen.length > 0 && (
        <Rows rows={chosen} onAssign={may("credentials.write") ? setAssigning : undefined} />
      )}
      {hasOlder && mayRead && <Older />}
      {assigning && (
        <Suspense fallback={null}>
          <AssignCard event={assigning} onClose={() => setAssigning(undefined)} />
        </Suspense>
      )}
    </section>
  );
}

function Older() {
  const { live } = useWords();
  const store = useLiveStore();
  const sayTrouble = useSayTrouble();
  const [busy, setBusy] = useState(false);
  const ask = () => {
    setBusy(true);
    store
      .older()
      .catch(sayTrouble)
      .finally(() => setBusy(false));
  };
  return (
    <Button variant="default" className="older" loading={busy} onClick={ask}>
      {live.older}
    </Button>
  );
}

function Rows({
  rows,
  onAssign,
}: {
  readonly rows: readonly Row[];
  readonly onAssign: ((event: SiteEvent) => void) | undefined;
}) {
  const words = useWords();
  const time = useSiteTime();
  const narrow = useMediaQuery("(max-width: 62em)", undefined, { getInitialValueInEffect: false }) ?? false;
  const doors = useLivePart((state) => state.doors);
  const list = useRef<HTMLOListElement>(null);
  const [heldAt, setHeldAt] = useState<number>();
  const newest = rows[0]?.seq ?? 0;
  const kept = useMemo(
    () => (heldAt === undefined ? rows : rows.filter(({ seq }) => seq <= heldAt)),
    [rows, heldAt],
  );
  // Held so long that everything has gone by: there is nothing left to wait for.
  const shown = kept.length === 0 ? rows : kept;
  const waiting = rows.length - shown.length;
  const drawn = useMemo(() => {
    const width = narrow ? "narrow" : "wide";
    return shown.map((row) => {
      const sentence = sentenceOf(row, words, (id) => doors.get(id)?.name ?? id);
      return { row, sentence, size: rowSize(row, sentence, width) };
    });
  }, [shown, narrow, words, doors]);
  const heights = useMemo(() => drawn.map(({ size }) => size.heightPx), [drawn]);
  const { first, end, abovePx, belowPx } = useWindowed(list, heights);
  const today = time.day(siteNow());

  const resting = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const hold = useCallback(() => setHeldAt((before) => before ?? newest), [newest]);
  const release = useCallback(() => {
    clearTimeout(resting.current);
    setHeldAt(undefined);
  }, []);
  useEffect(() => () => clearTimeout(resting.current), []);
  const holdAWhile = () => {
    hold();
    clearTimeout(resting.current);
    resting.current = setTimeout(release, restMs);
  };
  /** A mouse that only lies there points at nothing. */
  const point = ({ pointerType, movementX, movementY }: PointerEvent) => {
    if (pointerType === "mouse" && (movementX !== 0 || movementY !== 0)) holdAWhile();
  };
  return (
    <div className="events-frame">
      {waiting > 0 && (
        <Button
          className="held"
          size="compact-sm"
          variant="default"
          title={words.live.heldHint}
          onClick={() => setHeldAt(undefined)}
        >
          {words.live.held(waiting)}
        </Button>
      )}
      <ol
        ref={list}
        className="events"
        style={{ paddingTop: abovePx, paddingBottom: belowPx }}
        onPointerMove={point}
        onPointerLeave={release}
        onKeyDown={holdAWhile}
      >
        {drawn.slice(first, end).map(({ row, sentence, size }) => {
          const day = time.day(new Date(row.at));
          return (
            <EventRow
              key={row.key}
              row={row}
              size={size}
              time={time}
              sentence={sentence}
              day={day === today ? undefined : day}
              onAssign={onAssign}
            />
          );
        })}
      </ol>
    </div>
  );
}
