import { Button } from "@mantine/core";
import { IconBell, IconBellOff, IconCheck, IconEyeOff, IconPhone } from "@tabler/icons-react";
import { Link } from "wouter";
import { api, type IncidentNow } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { HelpLink, Trouble } from "../parts/states.js";
import { useMay, useSession } from "../session.js";
import { siteNow, useLasting, useSecond, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { AssignAndNote } from "./assign-and-note.js";
import { CloseForm } from "./close-form.js";
import { toneOf, useAlarmNames } from "./names.js";
import { Timeline } from "./timeline.js";

/** One open alarm: what to do, whom to call, how it stands, and all that one may do with it. */
export function IncidentSheet({ incident }: { readonly incident: IncidentNow }) {
  const { alarms } = useWords();
  const may = useMay();
  const works = may("incidents.work");
  return (
    <article className="door-sheet incident" aria-labelledby="incident-name">
      <Head incident={incident} />
      {incident.silent && (
        <p className="card incident-silent">
          <IconEyeOff size={20} aria-hidden /> {alarms.silentHint}
        </p>
      )}
      {works && <FirstActs incident={incident} />}
      <Instruction incident={incident} />
      {works && <AssignAndNote incident={incident} />}
      {works && <CloseForm incident={incident} />}
      <section className="card" aria-labelledby="incident-timeline">
        <h3 id="incident-timeline">{alarms.timeline}</h3>
        <Timeline
          incident={incident.id}
          from={incident.at}
          until={null}
          mark={`${incident.events} ${incident.notes.length} ${incident.state} ${incident.level} ${incident.active.length}`}
        />
        <p className="actions">
          {may("journal.read") && (
            <Link href={`/events?category=alarm&from=${encodeURIComponent(incident.at)}`}>
              {alarms.toLog}
            </Link>
          )}
          {incident.door !== null && may("doors.read") && (
            <Link href={`/doors/${incident.door}`}>{alarms.toDoor}</Link>
          )}
        </p>
      </section>
    </article>
  );
}

function Head({ incident }: { readonly incident: IncidentNow }) {
  const { alarms } = useWords();
  const names = useAlarmNames();
  const time = useSiteTime();
  const lasting = useLasting();
  const now = useSecond();
  const { account } = useSession();
  const near = (at: string) => time.near(new Date(at), siteNow());
  const { at, state, active, acknowledged, silenced, cancelled, assigned, restoredAt, level } = incident;
  const places = [
    ...new Set([...incident.partitions.map(names.partition), ...incident.zones.map(names.zone)]),
  ];
  return (
    <header className="card door-state" data-tone={toneOf(incident)}>
      <h2 id="incident-name">{names.incident(incident)}</h2>
      <p className="tile-state">
        <span className="tile-word">{alarms.states[state]}</span>{" "}
        <time className="tile-time" dateTime={at} title={time.full(new Date(at))}>
          {near(at)}, {alarms.since(lasting(now.getTime() - Date.parse(at)))}
        </time>
      </p>
      <p className="soft">
        {[...places, alarms.priority(incident.priority), alarms.events(incident.events)].join(" · ")}
      </p>
      <ul className="remarks">
        {incident.confirmed && <li>{alarms.confirmed}</li>}
        {active.length > 0 && <li>{alarms.active(active.map(names.zone).join(", "))}</li>}
        {restoredAt !== null && <li>{alarms.restoredAt(near(restoredAt))}</li>}
        {cancelled && <li>{alarms.cancelledBy(cancelled.by, near(cancelled.at))}</li>}
        {silenced && <li>{alarms.silencedBy(silenced.by, near(silenced.at))}</li>}
        {acknowledged && (
          <li>
            {alarms.acknowledgedBy(
              acknowledged.by,
              near(acknowledged.at),
              lasting(acknowledged.afterS * 1000),
            )}
          </li>
        )}
        {assigned && (
          <li>
            {assigned.to === account ? alarms.assignedToYou : alarms.assignedTo(assigned.to, assigned.by)}
          </li>
        )}
        {level > 0 && <li>{alarms.escalated(level)}</li>}
      </ul>
      <Escalation incident={incident} />
    </header>
  );
}

/** "1:05" */
function minutesAndSeconds(ms: number): string {
  const seconds = Math.ceil(ms / 1000);
  return `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
}

function Escalation({ incident: { escalatesAt, acknowledged, level } }: { readonly incident: IncidentNow }) {
  const { alarms } = useWords();
  const now = useSecond();
  if (escalatesAt === null || acknowledged) return null;
  const ms = Date.parse(escalatesAt) - now.getTime();
  return (
    <p className="incident-escalates" role="timer">
      {ms <= 0 ? alarms.escalatesSoon(level + 1) : alarms.escalates(level + 1, minutesAndSeconds(ms))}
    </p>
  );
}

/** To answer for it, and to stop the sound: two things, apart. */
function FirstActs({ incident }: { readonly incident: IncidentNow }) {
  const { alarms } = useWords();
  const names = useAlarmNames();
  const done = useDone();
  const { busy, error, act } = useActing();
  const what = names.incident(incident);
  if (incident.acknowledged && !incident.sounding) return null;
  return (
    <section className="first-acts" aria-label={alarms.now}>
      {!incident.acknowledged && (
        <div className="card first-act">
          <Button
            size="md"
            loading={busy}
            leftSection={<IconCheck size={20} aria-hidden />}
            onClick={() =>
              void act(async () => {
                await api.acknowledge(incident.id);
                done(alarms.acknowledged(what));
              })
            }
          >
            {alarms.acknowledge}
          </Button>
          <p className="soft">{incident.silent ? alarms.acknowledgeQuietHint : alarms.acknowledgeHint}</p>
        </div>
      )}
      {incident.sounding && (
        <div className="card first-act">
          <Button
            size="md"
            variant="default"
            loading={busy}
            leftSection={<IconBellOff size={20} aria-hidden />}
            onClick={() =>
              void act(async () => {
                await api.silence(incident.id);
                done(alarms.silenced);
              })
            }
          >
            {alarms.silence}
          </Button>
          <p className="soft">
            <IconBell size={16} aria-hidden /> {alarms.silenceHint}
          </p>
        </div>
      )}
      {error !== undefined && <Trouble error={error} />}
    </section>
  );
}

function Instruction({ incident: { instruction } }: { readonly incident: IncidentNow }) {
  const { alarms, pages } = useWords();
  return (
    <section className="card" aria-labelledby="incident-do">
      <h3 id="incident-do">{alarms.doWhat}</h3>
      {instruction ? (
        <>
          <p className="instruction">{instruction.text}</p>
          {instruction.call.length > 0 && (
            <ul className="calls">
              {instruction.call.map(({ name, phone }) => (
                <li key={`${name} ${phone}`}>
                  <Button
                    component="a"
                    href={`tel:${phone.replace(/[^+\d]/g, "")}`}
                    variant="default"
                    size="md"
                    fullWidth
                    justify="flex-start"
                    leftSection={<IconPhone size={18} aria-hidden />}
                  >
                    <span>
                      {alarms.call(name)} <small className="soft">{phone}</small>
                    </span>
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </>
      ) : (
        <p className="soft">
          {alarms.noInstruction} <HelpLink page="alarm">{pages.help}</HelpLink>
        </p>
      )}
    </section>
  );
}
