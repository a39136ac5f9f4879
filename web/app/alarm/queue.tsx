import { IconArrowLeft, IconShieldCheck } from "@tabler/icons-react";
import { Link } from "wouter";
import type { IncidentNow } from "../api.js";
import { useNarrow } from "../parts/narrow.js";
import { Empty, HelpLink } from "../parts/states.js";
import { useLivePart, useMay } from "../session.js";
import { useLasting, useSecond } from "../time.js";
import { useWords } from "../words/words.js";
import { IncidentSheet } from "./incident-sheet.js";
import { toneOf, useAlarmNames } from "./names.js";

/** The open alarms, the most urgent and the oldest first, and beside them (on a phone: instead) the one that was chosen. */
export function Queue({ chosen }: { readonly chosen: string | undefined }) {
  const { alarms } = useWords();
  const narrow = useNarrow();
  const incidents = useLivePart((state) => state.incidents);
  if (incidents.length === 0 && chosen === undefined) return <Quiet />;
  const incident = incidents.find(({ id }) => id === chosen);
  return (
    <div className="two-panes" data-chosen={chosen !== undefined}>
      {!(narrow && chosen !== undefined) && (
        <section className="pane-list" aria-label={alarms.tabs.queue}>
          <ol className="card list door-list">
            {incidents.map((each) => (
              <Row key={each.id} incident={each} chosen={each.id === chosen} />
            ))}
          </ol>
        </section>
      )}
      <div className="pane-sheet">
        {chosen === undefined ? (
          <Empty title={alarms.choose}>{alarms.chooseHint}</Empty>
        ) : (
          <>
            <Link href="/alarms" className="pane-back">
              <IconArrowLeft size={18} aria-hidden /> {alarms.toList}
            </Link>
            {incident ? (
              <IncidentSheet key={chosen} incident={incident} />
            ) : (
              <Empty title={alarms.gone} action={<Link href="/alarms/closed">{alarms.tabs.closed}</Link>}>
                {alarms.goneHint}
              </Empty>
            )}
          </>
        )}
      </div>
    </div>
  );
}

function Quiet() {
  const { alarms, pages } = useWords();
  const may = useMay();
  const partitions = useLivePart((state) => state.partitions);
  const armed = [...partitions.values()].filter(({ arming }) => arming !== "disarmed").length;
  return (
    <Empty
      title={alarms.none}
      action={
        <p className="actions">
          {may("partitions.read") && partitions.size > 0 && (
            <Link href="/alarms/arm" className="list-link">
              <IconShieldCheck size={18} aria-hidden /> {alarms.armedNow(armed, partitions.size)}
            </Link>
          )}
          <HelpLink page="alarm">{pages.help}</HelpLink>
        </p>
      }
    >
      {alarms.noneHint}
    </Empty>
  );
}

function Row({ incident, chosen }: { readonly incident: IncidentNow; readonly chosen: boolean }) {
  const { alarms } = useWords();
  const names = useAlarmNames();
  const lasting = useLasting();
  const now = useSecond();
  const { id, at, state, silent, partitions, assigned, restoredAt } = incident;
  return (
    <li className="door-row" data-tone={toneOf(incident)} data-chosen={chosen}>
      <div className="list-main">
        <Link href={`/alarms/queue/${id}`} className="list-link" aria-current={chosen ? "true" : undefined}>
          {names.incident(incident)}
        </Link>
        <small>
          {[
            ...(silent ? [alarms.silent] : []),
            ...partitions.map(names.partition),
            alarms.since(lasting(now.getTime() - Date.parse(at))),
            ...(assigned ? [alarms.assignedTo(assigned.to, assigned.by)] : []),
          ].join(" · ")}
        </small>
      </div>
      <span className="door-word">
        {alarms.states[state]}
        {state === "raised" && restoredAt !== null && <small className="soft">, {alarms.quietAlready}</small>}
      </span>
    </li>
  );
}
