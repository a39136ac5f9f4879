import { Button } from "@mantine/core";
import { IconCheck } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api } from "../api.js";
import { useSayTrouble } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { useLivePart, useMay } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { Forgive } from "./forgive.js";
import type { Listed, Place } from "./list.js";

/** One area: who is surely in it, and who only possibly. */
export function PlaceCard({ place, counting }: { readonly place: Place; readonly counting: boolean }) {
  const { inside } = useWords();
  const passback = useLivePart(({ plan }) => plan?.areas.find(({ id }) => id === place.id)?.passback);
  const { id, name, certain, possible } = place;
  return (
    <div className="card place">
      <div className="card-head">
        <h3>
          {name} <span className="soft">{certain.length + possible.length}</span>
        </h3>
        {passback && !counting && <Forgive whom={{ area: id }} who={inside.forgiveArea(name)} />}
      </div>
      {certain.length > 0 && (
        <People people={certain} counting={counting} passback={passback !== undefined} />
      )}
      {possible.length > 0 && (
        <>
          <h4 title={inside.possibleHint}>{inside.possible}</h4>
          <People people={possible} counting={counting} passback={passback !== undefined} />
        </>
      )}
    </div>
  );
}

function People({
  people,
  counting,
  passback,
}: {
  readonly people: readonly Listed[];
  readonly counting: boolean;
  readonly passback: boolean;
}) {
  return (
    <ul className="list place-people">
      {people.map((each) => (
        <Person key={each.person} person={each} counting={counting} passback={passback} />
      ))}
    </ul>
  );
}

function Person({
  person,
  counting,
  passback,
}: {
  readonly person: Listed;
  readonly counting: boolean;
  readonly passback: boolean;
}) {
  const { inside } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const client = useQueryClient();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const doors = useLivePart((state) => state.doors);
  const near = (at: string) => time.near(new Date(at), siteNow());
  const again = () => client.invalidateQueries({ queryKey: ["muster"] });
  const mark = async () => {
    try {
      await api.markSafe(person.person, true);
      await again();
      done(inside.isSafe(person.name), async () => {
        await api.markSafe(person.person, false);
        await again();
      });
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <li>
      <div className="list-main">
        {may("people.read") ? (
          <Link href={`/people/${person.person}`} className="list-link">
            {person.name}
          </Link>
        ) : (
          <strong>{person.name}</strong>
        )}
        {person.visitor && <span className="tag">{inside.visitor}</span>}
        <small>
          {person.safe
            ? inside.safeBy(person.safe.by, near(person.safe.at))
            : person.door !== null &&
              inside.seen(doors.get(person.door)?.name ?? person.door, near(person.since))}
        </small>
      </div>
      {counting && !person.safe && may("muster.run") && (
        <Button
          leftSection={<IconCheck size={18} aria-hidden />}
          aria-label={inside.markSafeOf(person.name)}
          onClick={() => void mark()}
        >
          {inside.markSafe}
        </Button>
      )}
      {!counting && passback && <Forgive whom={{ person: person.person }} who={person.name} />}
    </li>
  );
}
