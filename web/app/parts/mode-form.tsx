import { Button } from "@mantine/core";
import { type FormEvent, useContext, useId, useState } from "react";
import type { Door } from "../api.js";
import { ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";
import { endOf, type Lasts, UntilInput } from "./until.js";

export type Mode = Door["mode"];

const everyMode: readonly Mode[] = [
  "card",
  "card-and-pin",
  "pin",
  "card-or-pin",
  "two-step",
  "free",
  "secured",
  "maintenance",
];
/** Modes that a door without a reader can have too. */
const withoutReader: readonly Mode[] = ["card", "free", "secured", "maintenance"];

/** Which mode, and for how long. */
export function ModeForm({
  readers,
  busy,
  onSet,
}: {
  /** Whether anything is read on the outside. */
  readonly readers: boolean;
  readonly busy: boolean;
  onSet(mode: Mode, until: string | undefined): void;
}) {
  const { doorsPage } = useWords();
  const zone = useContext(ZoneContext);
  const name = useId();
  const [mode, setMode] = useState<Mode>();
  const [lasts, setLasts] = useState<Lasts>({ ending: "half", moment: "" });
  const [late, setLate] = useState(false);
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const until = endOf(lasts, zone);
    setLate(until === null);
    if (mode !== undefined && until !== null) onSet(mode, until);
  };
  return (
    <form className="stack" onSubmit={submit}>
      <fieldset className="picks-field">
        <legend>{doorsPage.mode}</legend>
        <div className="mode-choices">
          {(readers ? everyMode : withoutReader).map((each) => (
            <label key={each} className="mode-choice">
              <input type="radio" name={name} checked={mode === each} onChange={() => setMode(each)} />
              <span>
                <strong>{doorsPage.modeNames[each]}</strong>
                <small>{doorsPage.modeHints[each]}</small>
              </span>
            </label>
          ))}
        </div>
      </fieldset>
      <UntilInput
        value={lasts}
        onChange={setLasts}
        endings={["half", "one", "two", "evening", "moment", "open"]}
      />
      {late && (
        <p className="form-fault" role="alert">
          {doorsPage.untilPast}
        </p>
      )}
      <Button type="submit" loading={busy} disabled={mode === undefined}>
        {doorsPage.setMode}
      </Button>
    </form>
  );
}
