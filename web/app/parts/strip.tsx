import { Button } from "@mantine/core";
import {
  IconAlertTriangle,
  IconClock,
  IconDoor,
  IconFlame,
  IconLock,
  IconShield,
  IconUsers,
} from "@tabler/icons-react";
import { lazy, type ReactNode, Suspense, useLayoutEffect, useRef, useState } from "react";
import { Link } from "wouter";
import { api, type HouseNow } from "../api.js";
import { useLivePart, useMay } from "../session.js";
import { siteNow, useSecond, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { useSayTrouble } from "./acting.js";
import { Confirm } from "./confirm.js";
import { useDone } from "./done.js";
import { useLockdown } from "./lockdown.js";
import { StripAlarms } from "./strip-alarms.js";
import { Row } from "./strip-row.js";

const SecurityPanel = lazy(() =>
  import("./security-panel.js").then(({ SecurityPanel }) => ({ default: SecurityPanel })),
);

const mostNamed = 3;

/** Opens lockdown and threat level; there for whoever may set one of them. */
export function SecurityButton() {
  const { strip } = useWords();
  const may = useMay();
  const [open, setOpen] = useState(false);
  if (!may("lockdown.start") && !may("threat.set")) return null;
  return (
    <>
      <Button
        variant="default"
        className="security-button"
        leftSection={<IconShield size={18} aria-hidden />}
        onClick={() => setOpen(true)}
      >
        {strip.control}
      </Button>
      {open && (
        <Suspense fallback={null}>
          <SecurityPanel onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </>
  );
}

/** Over every page, as long as something is not as it usually is: the gravest first. */
export function Strip() {
  const { strip } = useWords();
  const house = useLivePart((state) => state.house);
  const doors = useLivePart((state) => state.doors);
  // While a fire calls it has a row of its own.
  const alarms = useLivePart(({ incidents, house: now }) =>
    incidents.some(({ kind }) => kind !== "fire" || !now?.fires?.length),
  );
  const bar = useRef<HTMLElement>(null);
  const released = named([...doors.values()].filter((door) => door.lock === "released"));
  const loose = named([...doors.values()].filter((door) => door.troubles?.includes("not-relocked")));
  const fires = house?.fires ?? [];
  const level = raised(house);
  const rows = [
    ...(alarms ? [<StripAlarms key="alarms" />] : []),
    ...fires.map((fire) => <Fire key={`fire-${fire.sensor}`} fire={fire} />),
    ...(house?.lockdowns ?? []).map((lockdown) => (
      <Lockdown key={`lockdown-${lockdown.doorGroup}`} lockdown={lockdown} />
    )),
    ...(released.length > 0 && fires.length === 0
      ? [
          <Doors key="released" ids={released} icon={<IconDoor size={20} aria-hidden />}>
            {strip.released}
          </Doors>,
        ]
      : []),
    ...(loose.length > 0
      ? [
          <Doors
            key="loose"
            ids={loose}
            icon={<IconAlertTriangle size={20} aria-hidden />}
            hint={strip.notRelockedHint}
          >
            {strip.notRelocked}
          </Doors>,
        ]
      : []),
    ...(level && house?.threat ? [<Level key="level" name={level} threat={house.threat} />] : []),
    ...(house?.muster ? [<Muster key="muster" muster={house.muster} />] : []),
    ...(house?.clock && !house.clock.trusted ? [<Clock key="clock" clock={house.clock} />] : []),
    ...(house?.peopleLost
      ? [
          <Row
            key="lost"
            tone="critical"
            icon={<IconAlertTriangle size={20} aria-hidden />}
            title={strip.peopleLost}
          >
            <Button component={Link} href="/help/life-safety" variant="default" size="compact-md">
              {strip.emergencyHelp}
            </Button>
          </Row>,
        ]
      : []),
  ];
  useRoom(bar, rows.length);
  return (
    <section ref={bar} className="strip" aria-label={strip.label} hidden={rows.length === 0}>
      {rows}
    </section>
  );
}

/** What sticks to the top elsewhere goes under it. */
function useRoom(bar: { readonly current: HTMLElement | null }, rows: number): void {
  // biome-ignore lint/correctness/useExhaustiveDependencies: another number of rows is another height
  useLayoutEffect(() => {
    const root = document.documentElement;
    const measure = () => root.style.setProperty("--strip", `${bar.current?.offsetHeight ?? 0}px`);
    measure();
    const watch = new ResizeObserver(measure);
    if (bar.current) watch.observe(bar.current);
    return () => watch.disconnect();
  }, [rows]);
}

const named = (doors: readonly { readonly id: string }[]): string[] => doors.map(({ id }) => id);

/** The name of the level, if it is not the usual one. */
function raised(house: HouseNow | undefined): string | undefined {
  const place = house?.levels.findIndex(({ id }) => id === house.threat?.level) ?? -1;
  return place > 0 ? house?.levels[place]?.name : undefined;
}

function Fire({ fire }: { readonly fire: NonNullable<HouseNow["fires"]>[number] }) {
  const { strip } = useWords();
  const time = useSiteTime();
  const may = useMay();
  const done = useDone();
  const [asking, setAsking] = useState(false);
  return (
    <Row
      tone="critical"
      icon={<IconFlame size={20} aria-hidden />}
      title={strip.fire(fire.name)}
      detail={`${strip.sinceOnly(time.near(new Date(fire.since), siteNow()))}, ${fire.active ? strip.fireActive : strip.fireQuiet}`}
    >
      {may("fire.reset") && !fire.active && (
        <Button
          variant="default"
          size="compact-md"
          aria-label={strip.fireResetOf(fire.name)}
          onClick={() => setAsking(true)}
        >
          {strip.fireReset}
        </Button>
      )}
      {asking && (
        <Confirm
          title={strip.fireResetTitle(fire.name)}
          doLabel={strip.fireResetOf(fire.name)}
          onDo={async () => {
            await api.resetFire(fire.sensor);
            done(strip.fireResetDone(fire.name));
          }}
          onClose={() => setAsking(false)}
        >
          {strip.fireResetSure}
        </Confirm>
      )}
    </Row>
  );
}

function Lockdown({ lockdown }: { readonly lockdown: HouseNow["lockdowns"][number] }) {
  const { strip } = useWords();
  const time = useSiteTime();
  const may = useMay();
  const { end, nameOf } = useLockdown();
  const [asking, setAsking] = useState(false);
  const { doorGroup, since, by } = lockdown;
  const what = nameOf(doorGroup);
  return (
    <Row
      tone="critical"
      icon={<IconLock size={20} aria-hidden />}
      title={doorGroup === null ? strip.lockdownAll : strip.lockdownOf(what)}
      detail={strip.since(time.near(new Date(since), siteNow()), by)}
    >
      {may("lockdown.end") && (
        <Button
          variant="default"
          size="compact-md"
          aria-label={strip.endOf(what)}
          onClick={() => setAsking(true)}
        >
          {strip.end}
        </Button>
      )}
      {asking && (
        <Confirm
          title={strip.endTitle}
          doLabel={strip.endDo}
          onDo={() => end(doorGroup)}
          onClose={() => setAsking(false)}
        >
          {strip.endSure(what)}
        </Confirm>
      )}
    </Row>
  );
}

function Level({
  name,
  threat,
}: {
  readonly name: string;
  readonly threat: NonNullable<HouseNow["threat"]>;
}) {
  const { strip } = useWords();
  const time = useSiteTime();
  const may = useMay();
  const [open, setOpen] = useState(false);
  const { since, by } = threat;
  return (
    <Row
      tone="warning"
      icon={<IconShield size={20} aria-hidden />}
      title={strip.levelIs(name)}
      detail={since && by ? strip.since(time.near(new Date(since), siteNow()), by) : undefined}
    >
      {may("threat.set") && (
        <Button variant="default" size="compact-md" onClick={() => setOpen(true)}>
          {strip.change}
        </Button>
      )}
      {open && (
        <Suspense fallback={null}>
          <SecurityPanel onClose={() => setOpen(false)} />
        </Suspense>
      )}
    </Row>
  );
}

function Doors({
  ids,
  icon,
  hint,
  children: say,
}: {
  readonly ids: readonly string[];
  readonly icon: ReactNode;
  readonly hint?: string;
  children(doors: string): string;
}) {
  const { strip } = useWords();
  const doors = useLivePart((state) => state.doors);
  const names = ids.slice(0, mostNamed).map((id) => doors.get(id)?.name ?? id);
  const more = ids.length > mostNamed ? ` ${strip.more(ids.length - mostNamed)}` : "";
  return (
    <Row tone="critical" icon={icon} title={say(`${names.join(", ")}${more}`)} detail={hint}>
      <Button
        component={Link}
        href={ids.length === 1 ? `/doors/${ids[0]}` : "/doors"}
        variant="default"
        size="compact-md"
      >
        {strip.show}
      </Button>
    </Row>
  );
}

function Muster({ muster }: { readonly muster: NonNullable<HouseNow["muster"]> }) {
  const { strip } = useWords();
  const time = useSiteTime();
  const may = useMay();
  return (
    <Row
      tone="critical"
      icon={<IconUsers size={20} aria-hidden />}
      title={strip.muster}
      detail={strip.sinceOnly(time.near(new Date(muster.since), siteNow()))}
    >
      {may("muster.read") && (
        <Button component={Link} href="/inside" variant="default" size="compact-md">
          {strip.musterOpen}
        </Button>
      )}
    </Row>
  );
}

function Clock({ clock }: { readonly clock: NonNullable<HouseNow["clock"]> }) {
  const { strip } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const now = useSecond();
  const confirm = async () => {
    try {
      await api.trustClock();
      done(strip.clockTrusted);
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <Row
      tone="warning"
      icon={<IconClock size={20} aria-hidden />}
      title={clock.why === "step" ? strip.clockStep : strip.clock}
      detail={`${strip.clockHint} ${strip.clockNow(time.date(now))}`}
    >
      {may("clock.trust") && (
        <Button variant="default" size="compact-md" onClick={() => void confirm()}>
          {strip.clockRight}
        </Button>
      )}
    </Row>
  );
}
