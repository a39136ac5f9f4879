import { Button, Textarea } from "@mantine/core";
import { useRef, useState } from "react";
import { useLocation } from "wouter";
import { api, type IncidentCause, type IncidentNow } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Trouble } from "../parts/states.js";
import { useWords } from "../words/words.js";
import { useAlarmNames } from "./names.js";

const causes = [
  "user-error",
  "unknown",
  "work-on-site",
  "sensor-fault",
  "weather-or-animal",
  "test",
  "intruder",
  "attack",
  "fire",
  "helped",
  "other",
] as const satisfies IncidentCause[];

/** One tap on a cause closes it; what a sentence is needed for is said before anything is sent. */
export function CloseForm({ incident }: { readonly incident: IncidentNow }) {
  const { alarms } = useWords();
  const names = useAlarmNames();
  const done = useDone();
  const [, go] = useLocation();
  const { busy, error, act } = useActing();
  const [text, setText] = useState("");
  /** Chosen before the sentence that it needs. */
  const [wanted, setWanted] = useState<IncidentCause>();
  const field = useRef<HTMLTextAreaElement>(null);
  const { noteNeeded, severity, acknowledged } = incident;
  const missing = noteNeeded && text.trim() === "";
  const close = (cause: IncidentCause) => {
    setWanted(cause);
    if (missing) {
      field.current?.focus();
      return;
    }
    void act(async () => {
      await api.closeIncident(incident.id, cause, text.trim());
      done(alarms.closedAs(names.incident(incident), alarms.causes[cause]));
      go("/alarms");
    });
  };
  return (
    <section className="card" aria-labelledby="incident-close">
      <h3 id="incident-close">{alarms.close}</h3>
      {acknowledged ? (
        <>
          <Textarea
            ref={field}
            label={noteNeeded ? alarms.closeText : alarms.closeOptional}
            description={
              noteNeeded ? (severity === "critical" ? alarms.closeNeeded : alarms.closeNotQuiet) : undefined
            }
            error={wanted !== undefined && missing ? alarms.closeMissing : undefined}
            value={text}
            maxLength={500}
            rows={2}
            onChange={({ currentTarget }) => setText(currentTarget.value)}
          />
          {wanted !== undefined && (
            <div className="actions">
              <Button loading={busy} onClick={() => close(wanted)}>
                {alarms.closeAs(alarms.causes[wanted])}
              </Button>
            </div>
          )}
          <p className="soft">{alarms.closeHint}</p>
          <div className="causes">
            {causes.map((cause) => (
              <Button
                key={cause}
                variant="default"
                disabled={busy}
                aria-pressed={wanted === cause}
                onClick={() => close(cause)}
              >
                {alarms.causes[cause]}
              </Button>
            ))}
          </div>
          {error !== undefined && <Trouble error={error} />}
        </>
      ) : (
        <p className="soft">{alarms.closeFirst}</p>
      )}
    </section>
  );
}
