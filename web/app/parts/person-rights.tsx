/** On a person's page: rights for a while, and the PIN. */
import { Button, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import { IconClockHour4 } from "@tabler/icons-react";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useContext, useState } from "react";
import { Link } from "wouter";
import { api, type Person } from "../api.js";
import { useGroups } from "../pages/people.js";
import { useLivePart, useMay } from "../session.js";
import { fromLocalInput, siteNow, useSiteTime, ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";
import { useActing, useSayTrouble } from "./acting.js";
import { Confirm } from "./confirm.js";
import { useDone } from "./done.js";
import { PlaceInput, placesOf, useAreas } from "./places.js";
import { Empty, Trouble } from "./states.js";

function useChanged(): () => Promise<void> {
  const client = useQueryClient();
  return () => client.invalidateQueries({ queryKey: ["people"] });
}

/** Company, host and induction, under the person's name. */
export function Belonging({ person }: { readonly person: Person }) {
  const { visiting, traits } = useWords();
  const time = useSiteTime();
  const trained = Object.entries(person.trainings).map(([training, until]) =>
    traits.trained(training, time.date(new Date(until))),
  );
  return (
    <>
      {person.company !== null && <p>{visiting.worksFor(person.company)}</p>}
      {person.host !== null && <Other id={person.host} said={visiting.visits} />}
      {person.sponsor !== null && <Other id={person.sponsor} said={visiting.answeredFor} />}
      {person.traits.length > 0 && <p>{person.traits.map((trait) => traits.of[trait]).join("; ")}</p>}
      {trained.length > 0 && (
        <p>
          {traits.trainings}: {trained.join(", ")}
        </p>
      )}
      {person.inductedUntil !== null && <p>{visiting.inducted(time.date(new Date(person.inductedUntil)))}</p>}
    </>
  );
}

function Other({ id, said }: { readonly id: string; said(name: string): string }) {
  const found = useQuery({ queryKey: ["people", "person", id], queryFn: () => api.person(id) });
  return (
    <p>
      <Link href={`/people/${id}`}>{said(found.data?.name ?? id)}</Link>
    </p>
  );
}

export function RightsAndPin({ person }: { readonly person: Person }) {
  const { visiting } = useWords();
  const may = useMay();
  const [asking, setAsking] = useState<"let-in" | "pin" | "take">();
  const close = () => setAsking(undefined);
  const changed = useChanged();
  const done = useDone();
  const rights = person.temporary.filter(({ until }) => new Date(until) > siteNow());
  return (
    <section className="card" aria-labelledby="rights-title">
      <div className="card-head">
        <h2 id="rights-title">{visiting.rights}</h2>
        {may("people.write") && (
          <Button variant="default" size="compact-sm" onClick={() => setAsking("let-in")}>
            {visiting.letInDo}
          </Button>
        )}
      </div>
      <p className="soft">{visiting.rightsHint}</p>
      {rights.length === 0 ? (
        <Empty title={visiting.noRights} />
      ) : (
        <ul className="list">
          {rights.map((right) => (
            <Right key={JSON.stringify(right)} person={person} right={right} mayEnd={may("people.write")} />
          ))}
        </ul>
      )}
      <div className="card-head">
        <div>
          <h3>{visiting.pin}</h3>
          <p>{person.pin ? visiting.pinSet : visiting.pinNone}</p>
        </div>
        {may("credentials.write") && (
          <span className="actions">
            <Button variant="default" size="compact-sm" onClick={() => setAsking("pin")}>
              {person.pin ? visiting.newPin : visiting.setPin}
            </Button>
            {person.pin && (
              <Button variant="light" color="red" size="compact-sm" onClick={() => setAsking("take")}>
                {visiting.takePin}
              </Button>
            )}
          </span>
        )}
      </div>
      <p className="soft">{visiting.pinHint}</p>
      {asking === "let-in" && <LetIn person={person} onClose={close} />}
      {asking === "pin" && <SetPin person={person} onClose={close} />}
      {asking === "take" && (
        <Confirm
          title={visiting.takePin}
          doLabel={visiting.takePin}
          onClose={close}
          onDo={async () => {
            await api.setPin(person.id, null);
            await changed();
            done(visiting.pinTaken(person.name));
          }}
        >
          {visiting.takePinSure(person.name)}
        </Confirm>
      )}
    </section>
  );
}

type RightShown = Person["temporary"][number];

function Right({
  person,
  right,
  mayEnd,
}: {
  readonly person: Person;
  readonly right: RightShown;
  readonly mayEnd: boolean;
}) {
  const { visiting, time: timeWords } = useWords();
  const time = useSiteTime();
  const doors = useLivePart((state) => state.doors);
  const areas = useAreas();
  const groups = useGroups();
  const changed = useChanged();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const { door, area, group } = right;
  const what =
    (door !== undefined && (doors.get(door)?.name ?? door)) ||
    (area !== undefined && (areas.find(({ id }) => id === area)?.name ?? area)) ||
    groups.data?.find(({ id }) => id === group)?.name ||
    group ||
    "";
  const near = (iso: string) => time.near(new Date(iso), siteNow());
  const end = async () => {
    try {
      await api.endLetIn(person.id, { door, area, group });
      await changed();
      done(visiting.ended(what));
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <li>
      <IconClockHour4 size={20} aria-hidden />
      <div className="list-main">
        <strong>{what}</strong>
        <small>
          {new Date(right.from) > siteNow() && `${timeWords.from(near(right.from))}, `}
          {visiting.until(near(right.until))}
        </small>
      </div>
      {mayEnd && (
        <Button
          size="compact-sm"
          variant="default"
          aria-label={visiting.endOf(what)}
          onClick={() => void end()}
        >
          {visiting.end}
        </Button>
      )}
    </li>
  );
}

function LetIn({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const { app, visiting } = useWords();
  const zone = useContext(ZoneContext);
  const time = useSiteTime();
  const changed = useChanged();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [place, setPlace] = useState<string | null>(null);
  const [until, setUntil] = useState("");
  const end = fromLocalInput(until, zone);
  const letIn = async (event: FormEvent) => {
    event.preventDefault();
    if (place === null || end === null) return;
    const { doors, areas, groups } = placesOf([place]);
    const right = { door: doors[0], area: areas[0], group: groups[0], until: end };
    if (!(await act(() => api.letIn(person.id, right)))) return;
    await changed();
    done(visiting.letInDone(person.name, time.near(new Date(end), siteNow())));
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={visiting.letIn} closeButtonProps={{ "aria-label": app.close }}>
      <form onSubmit={(event) => void letIn(event)}>
        <Stack>
          <PlaceInput value={place} onChange={setPlace} />
          <TextInput
            type="datetime-local"
            label={visiting.letInUntil}
            value={until}
            onChange={({ currentTarget }) => setUntil(currentTarget.value)}
          />
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" loading={busy} disabled={place === null || end === null}>
            {visiting.letInDo}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function SetPin({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const { app, visiting } = useWords();
  const changed = useChanged();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [pin, setPin] = useState("");
  const [again, setAgain] = useState("");
  const digits = (text: string) => text.replaceAll(/\D/g, "").slice(0, 8);
  const set = async (event: FormEvent) => {
    event.preventDefault();
    if (!(await act(() => api.setPin(person.id, pin)))) return;
    await changed();
    done(visiting.pinDone(person.name));
    onClose();
  };
  const shared = { inputMode: "numeric", autoComplete: "off" } as const;
  return (
    <Modal
      opened
      onClose={onClose}
      title={visiting.pinTitle(person.name)}
      closeButtonProps={{ "aria-label": app.close }}
    >
      <form onSubmit={(event) => void set(event)}>
        <Stack>
          <PasswordInput
            {...shared}
            label={visiting.pin}
            description={visiting.pinDigits}
            value={pin}
            onChange={({ currentTarget }) => setPin(digits(currentTarget.value))}
            data-autofocus
          />
          <PasswordInput
            {...shared}
            label={visiting.pinAgain}
            value={again}
            onChange={({ currentTarget }) => setAgain(digits(currentTarget.value))}
            error={again.length >= pin.length && again !== pin ? visiting.pinDiffers : undefined}
          />
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" loading={busy} disabled={pin.length < 4 || pin !== again}>
            {visiting.setPin}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
