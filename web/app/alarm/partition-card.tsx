import { Button } from "@mantine/core";
import { IconClock, IconLock, IconLockOpen } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { api, type PartitionNow } from "../api.js";
import { useSayTrouble } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { Remaining } from "../parts/until.js";
import { useLivePart, useMay } from "../session.js";
import { siteNow, useLasting, useSecond, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { ArmDialog } from "./arm-dialog.js";
import { LeftOut } from "./left-out.js";
import { useAlarmNames } from "./names.js";

const tones = {
  disarmed: "rest",
  arming: "warning",
  armed_away: "open",
  armed_home: "open",
  armed_night: "open",
  armed_custom: "open",
  pending: "critical",
  triggered: "critical",
} as const satisfies Record<PartitionNow["arming"], string>;

/** How one partition stands, what is not quiet in it, and arming and disarming. */
export function PartitionCard({
  partition,
  heading: Heading,
  children,
}: {
  readonly partition: PartitionNow;
  readonly heading: "h2" | "h3";
  readonly children?: ReactNode;
}) {
  const { arming } = useWords();
  const names = useAlarmNames();
  const { id, name, members = [], shutDown = [] } = partition;
  const notReady = openIn(
    partition,
    useLivePart((state) => state.partitions),
  );
  return (
    <section
      className="card partition"
      data-tone={tones[partition.arming]}
      aria-labelledby={`partition-${id}`}
    >
      <div className="card-head">
        <Heading id={`partition-${id}`}>{name}</Heading>
        <Switch partition={partition} />
      </div>
      <div>
        <p className="partition-state">
          <span className="tile-word">{arming.states[partition.arming]}</span>{" "}
          <Countdown partition={partition} />
        </p>
        <Since partition={partition} />
      </div>
      {members.length > 0 && (
        <p className="soft">{arming.members(members.map(names.partition).join(", "))}</p>
      )}
      <DueArming partition={partition} />
      <OnTest partition={partition} />
      {notReady.length > 0 ? (
        <div>
          <p className="partition-open">{arming.notReady(notReady.length)}</p>
          <ul className="names">
            {notReady.map(({ zone, name: what, why }) => (
              <li key={zone}>
                {what} <small className="soft">{arming.whys[why]}</small>
              </li>
            ))}
          </ul>
        </div>
      ) : (
        partition.arming === "disarmed" && <p className="soft">{arming.ready}</p>
      )}
      <LeftOut partition={partition} />
      {shutDown.length > 0 && (
        <p>
          <strong>{shutDown.map((each) => each.name).join(", ")}</strong>{" "}
          <small className="soft">{arming.shutDown}</small>
        </p>
      )}
      {children}
    </section>
  );
}

type Open = NonNullable<PartitionNow["notReady"]>;

/** What is not quiet in it and in its members. */
function openIn(partition: PartitionNow, all: ReadonlyMap<string, PartitionNow>): Open {
  const found = new Map((partition.notReady ?? []).map((each) => [each.zone, each]));
  for (const id of partition.members ?? []) {
    const member = all.get(id);
    if (member) for (const each of openIn(member, all)) found.set(each.zone, each);
  }
  return [...found.values()];
}

export function SheetLink({ partition: { id, name } }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  return (
    <p>
      <Link href={`/alarms/arm/${id}`} aria-label={arming.sheetOf(name)}>
        {arming.sheet}
      </Link>
    </p>
  );
}

function Since({ partition: { since, by } }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  const time = useSiteTime();
  if (since === undefined) return null;
  const near = time.near(new Date(since), siteNow());
  const who = by === "schedule" ? arming.schedule : by;
  return <p className="soft">{who === undefined ? arming.bySince(near) : arming.by(who, near)}</p>;
}

/** Seconds to leave, or to disarm. */
function Countdown({ partition: { arming: now, until } }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  const clock = useSecond();
  if (until === undefined || (now !== "arming" && now !== "pending")) return null;
  const seconds = Math.ceil((Date.parse(until) - clock.getTime()) / 1000);
  const leaving = now === "arming";
  return (
    <span className="partition-left" role="timer">
      {seconds <= 0
        ? leaving
          ? arming.exitOver
          : arming.entryOver
        : leaving
          ? arming.exitLeft(seconds)
          : arming.entryLeft(seconds)}
    </span>
  );
}

function Switch({ partition }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  const may = useMay();
  const names = useAlarmNames();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const stale = useLivePart(({ link }) => link.is === "stale");
  const [open, setOpen] = useState<"arm" | "disarm">();
  const { id, name, members = [] } = partition;
  const disarm = async () => {
    await api.disarm(id);
    done(arming.disarmed(name));
  };
  // Whoever came in, or changes his mind on the way out, has seconds: no question in between.
  const hurries = partition.arming === "pending" || partition.arming === "arming";
  if (partition.arming === "disarmed")
    return may("alarm.arm") ? (
      <>
        <Button
          leftSection={<IconLock size={18} aria-hidden />}
          aria-label={arming.armOf(name)}
          disabled={stale}
          onClick={() => setOpen("arm")}
        >
          {arming.arm}
        </Button>
        {open === "arm" && <ArmDialog partition={partition} onClose={() => setOpen(undefined)} />}
      </>
    ) : null;
  if (!may("alarm.disarm")) return null;
  return (
    <>
      <Button
        {...(hurries ? { color: "red" } : { variant: "default" })}
        leftSection={<IconLockOpen size={18} aria-hidden />}
        aria-label={arming.disarmOf(name)}
        disabled={stale}
        onClick={() => (hurries ? void disarm().catch(sayTrouble) : setOpen("disarm"))}
      >
        {arming.disarm}
      </Button>
      {open === "disarm" && (
        <Confirm
          title={arming.disarmTitle(name)}
          doLabel={arming.disarmOf(name)}
          onDo={disarm}
          onClose={() => setOpen(undefined)}
        >
          {partition.arming === "triggered" ? arming.disarmAlarm : arming.disarmSure}{" "}
          {members.length > 0 && arming.disarmMembers(members.map(names.partition).join(", "))}
        </Confirm>
      )}
    </>
  );
}

/** It will arm by itself: when, why, and half an hour more. */
function DueArming({ partition: { id, name, armsAt, armsBecause } }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const lasting = useLasting();
  const now = useSecond();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  if (armsAt === undefined) return null;
  const later = async () => {
    try {
      await api.armLater(id);
      done(arming.isLater(name));
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <div className="partition-due">
      <p>
        <IconClock size={18} aria-hidden />{" "}
        {arming.armsAt(time.minute(new Date(armsAt)), lasting(Date.parse(armsAt) - now.getTime()))}{" "}
        <span className="soft">{armsBecause && arming.armsBecause[armsBecause]}</span>
      </p>
      {may("alarm.arm") && (
        <Button variant="default" aria-label={arming.laterOf(name)} onClick={() => void later()}>
          {arming.later}
        </Button>
      )}
    </div>
  );
}

/** The whole of it, or single sensors; each ended by one press. */
function OnTest({ partition: { id, name, test, zonesOnTest = [] } }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const end = (what: string, work: () => Promise<unknown>) =>
    work().then(() => done(arming.testEnded(what)), sayTrouble);
  const line = (key: string, what: string, until: string, work: () => Promise<unknown>) => (
    <div key={key} className="partition-due">
      <p>
        <strong>{what}</strong>: {arming.testIs(time.minute(new Date(until)))}, <Remaining until={until} />
      </p>
      {may("alarm.test") && (
        <Button variant="default" aria-label={arming.testEndOf(what)} onClick={() => void end(what, work)}>
          {arming.testEnd}
        </Button>
      )}
    </div>
  );
  return (
    <>
      {test !== undefined && line("all", name, test, () => api.testPartition(id))}
      {zonesOnTest.map((each) => line(each.zone, each.name, each.until, () => api.testZone(each.zone)))}
    </>
  );
}
