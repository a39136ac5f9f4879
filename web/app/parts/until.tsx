import { TextInput } from "@mantine/core";
import { useContext, useId } from "react";
import { fromLocalInput, siteNow, toLocalInput, useLasting, useSecond, ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";

/** How long something is to last. */
export type Ending = "half" | "one" | "two" | "four" | "eight" | "evening" | "moment" | "open";

export interface Lasts {
  readonly ending: Ending;
  /** With `moment`: as an input of type datetime-local has it, in the site's time. */
  readonly moment: string;
}

const minutesOf: Partial<Record<Ending, number>> = { half: 30, one: 60, two: 120, four: 240, eight: 480 };
const eveningHour = "18:00";

/** The instant that is meant; undefined: without an end; null: it has passed, or cannot be read. */
export function endOf({ ending, moment }: Lasts, zone: string): string | undefined | null {
  const now = siteNow();
  if (ending === "open") return undefined;
  const minutes = minutesOf[ending];
  if (minutes !== undefined) return new Date(now.getTime() + minutes * 60_000).toISOString();
  const local = ending === "evening" ? nextEvening(now, zone) : moment;
  const at = fromLocalInput(local, zone);
  return at !== null && Date.parse(at) > now.getTime() ? at : null;
}

/** Today's, or tomorrow's once it has passed. */
function nextEvening(now: Date, zone: string): string {
  const today = toLocalInput(now.toISOString(), zone);
  const day =
    today.slice(11) < eveningHour
      ? today.slice(0, 10)
      : toLocalInput(new Date(now.getTime() + 24 * 3_600_000).toISOString(), zone).slice(0, 10);
  return `${day}T${eveningHour}`;
}

export function UntilInput({
  value,
  onChange,
  endings,
}: {
  readonly value: Lasts;
  onChange(value: Lasts): void;
  readonly endings: readonly Ending[];
}) {
  const { doorsPage } = useWords();
  const zone = useContext(ZoneContext);
  const name = useId();
  const late = value.ending === "moment" && value.moment !== "" && endOf(value, zone) === null;
  return (
    <fieldset className="picks-field">
      <legend>{doorsPage.lasts}</legend>
      <div className="picks">
        {endings.map((ending) => (
          <label key={ending} className="pick">
            <input
              type="radio"
              name={name}
              checked={value.ending === ending}
              onChange={() => onChange({ ...value, ending })}
            />
            <span>{doorsPage.until[ending]}</span>
          </label>
        ))}
      </div>
      {value.ending === "moment" && (
        <TextInput
          type="datetime-local"
          label={doorsPage.untilMoment}
          value={value.moment}
          onChange={({ currentTarget }) => onChange({ ...value, moment: currentTarget.value })}
          error={late ? doorsPage.untilPast : undefined}
        />
      )}
    </fieldset>
  );
}

/** "23 min left" */
export function Remaining({ until }: { readonly until: string | null }) {
  const { doorsPage } = useWords();
  const lasting = useLasting();
  const now = useSecond();
  if (until === null) return doorsPage.noEnd;
  const ms = Date.parse(until) - now.getTime();
  return ms <= 0 ? doorsPage.over : doorsPage.left(lasting(ms));
}
