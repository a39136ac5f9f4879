import { Button, Modal, Select, Textarea, TextInput } from "@mantine/core";
import { IconUserCheck } from "@tabler/icons-react";
import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, type IncidentNow } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Trouble } from "../parts/states.js";
import { useMay, useSession } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

/** Who sees to it, and what there is to say. */
export function AssignAndNote({ incident }: { readonly incident: IncidentNow }) {
  const { alarms } = useWords();
  const { account } = useSession();
  const time = useSiteTime();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [giving, setGiving] = useState(false);
  const [note, setNote] = useState("");
  const me = account ?? "";
  const add = () =>
    act(async () => {
      await api.noteIncident(incident.id, note.trim());
      setNote("");
      done(alarms.noted);
    });
  return (
    <section className="card" aria-label={alarms.giveTitle}>
      <div className="actions">
        {incident.assigned?.to !== me && (
          <Button
            variant="default"
            leftSection={<IconUserCheck size={18} aria-hidden />}
            onClick={() =>
              void act(async () => {
                await api.assignIncident(incident.id, me);
                done(alarms.assignedToYou);
              })
            }
          >
            {alarms.takeIt}
          </Button>
        )}
        <Button variant="default" onClick={() => setGiving(true)}>
          {alarms.giveTo}
        </Button>
      </div>
      {incident.notes.length > 0 && (
        <ul className="list">
          {incident.notes.map(({ at, by, text }) => (
            <li key={`${at} ${text}`}>
              <div className="list-main">
                {text}
                <small>
                  {by}, {time.near(new Date(at), siteNow())}
                </small>
              </div>
            </li>
          ))}
        </ul>
      )}
      <Textarea
        label={alarms.note}
        description={alarms.noteHint}
        value={note}
        maxLength={500}
        rows={2}
        onChange={({ currentTarget }) => setNote(currentTarget.value)}
      />
      {error !== undefined && <Trouble error={error} />}
      <div className="actions">
        <Button variant="default" loading={busy} disabled={note.trim() === ""} onClick={() => void add()}>
          {alarms.addNote}
        </Button>
      </div>
      {giving && <Give incident={incident} onClose={() => setGiving(false)} />}
    </section>
  );
}

/** Whoever may see the accounts chooses one; anybody else writes a name. */
function Give({ incident, onClose }: { readonly incident: IncidentNow; onClose(): void }) {
  const { app, alarms } = useWords();
  const may = useMay();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [to, setTo] = useState("");
  const accounts = useQuery({
    queryKey: ["accounts"],
    queryFn: api.accounts,
    enabled: may("accounts.read"),
  });
  const people = accounts.data?.filter(({ kind, disabled }) => kind === "operator" && !disabled) ?? [];
  const give = () =>
    act(async () => {
      await api.assignIncident(incident.id, to.trim());
      done(alarms.given(to.trim()));
      onClose();
    });
  return (
    <Modal opened onClose={onClose} title={alarms.giveTitle} closeButtonProps={{ "aria-label": app.close }}>
      <div className="stack">
        {people.length > 0 ? (
          <Select
            label={alarms.giveWho}
            data={people.map(({ id, name }) => ({ value: id, label: name ? `${name} (${id})` : id }))}
            value={to === "" ? null : to}
            onChange={(id) => setTo(id ?? "")}
            comboboxProps={{ transitionProps: { duration: 0 } }}
          />
        ) : (
          <TextInput
            label={alarms.giveWho}
            value={to}
            maxLength={100}
            onChange={({ currentTarget }) => setTo(currentTarget.value)}
          />
        )}
        {error !== undefined && <Trouble error={error} />}
        <div className="actions form-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button loading={busy} disabled={to.trim() === ""} onClick={() => void give()}>
            {alarms.give}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
