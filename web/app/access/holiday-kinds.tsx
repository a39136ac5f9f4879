import { Button, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useChange } from "./change.js";
import { newId } from "./ids.js";

/** Kinds of special days besides the plain holiday. */
export function HolidayKinds({ rules }: { readonly rules: AccessRules }) {
  const { access } = useWords();
  const may = useMay();
  const [name, setName] = useState("");
  const { busy, error, ask, dialog } = useChange(rules);
  const isUsed = (kind: string) =>
    rules.holidays.some(({ type }) => type === kind) ||
    rules.schedules.some(
      ({ holidays }) => typeof holidays === "object" && !Array.isArray(holidays) && kind in holidays,
    );
  const add = (event: FormEvent) => {
    event.preventDefault();
    const put = { id: newId(name, rules.holidayTypes), name: name.trim() };
    void ask(put.name, [{ kind: "holiday-type", put }], () => setName(""));
  };
  return (
    <section className="card" aria-labelledby="holiday-kinds">
      <h2 id="holiday-kinds">{access.types}</h2>
      <p className="soft">{access.typesHint}</p>
      <ul className="list">
        <li>
          <div className="list-main">{access.plainHoliday}</div>
        </li>
        {rules.holidayTypes.map((kind) => (
          <li key={kind.id}>
            <div className="list-main">
              {kind.name}
              {may("site.write") && isUsed(kind.id) && <small>{access.cannotRemoveType}</small>}
            </div>
            {may("site.write") && (
              <Button
                variant="subtle"
                color="red"
                size="compact-md"
                aria-label={access.removeOf(kind.name)}
                disabled={isUsed(kind.id) || busy}
                onClick={() => void ask(kind.name, [{ kind: "holiday-type", remove: kind.id }])}
              >
                {access.remove}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {may("site.write") && (
        <form className="side-by-side" onSubmit={add}>
          <TextInput
            label={access.addType}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            maxLength={100}
            autoComplete="off"
          />
          <Button type="submit" variant="default" loading={busy} disabled={name.trim() === ""}>
            {access.look}
          </Button>
        </form>
      )}
      {error !== undefined && <Trouble error={error} />}
      {dialog}
    </section>
  );
}
