import { Button, Checkbox, NumberInput, Select } from "@mantine/core";
import { type FormEvent, useState } from "react";
import type { AccessRules } from "../api.js";
import { Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords, type Words } from "../words/words.js";
import { useChange } from "./change.js";
import { ListAndSheet } from "./list.js";

type Area = AccessRules["areas"][number];
const kinds = ["none", "soft", "hard", "timed"] as const;
type Kind = (typeof kinds)[number];
const defaultMinutes = 10;

/** How many people an area holds, who may come back into it, and who needs an escort there. */
export function Areas({
  rules,
  chosen,
}: {
  readonly rules: AccessRules;
  readonly chosen: string | undefined;
}) {
  const words = useWords();
  const { limits } = words;
  const inside = rules.areas.filter(({ outside }) => !outside);
  const area = inside.find(({ id }) => id === chosen);
  return (
    <ListAndSheet
      tab="areas"
      items={inside
        .map((each) => ({ id: each.id, name: each.name, detail: limitsText(each, words) }))
        .sort((a, b) => a.name.localeCompare(b.name))}
      chosen={chosen}
      none={{ title: limits.none, hint: limits.chooseHint }}
      choose={{ title: limits.choose, hint: limits.chooseHint }}
    >
      {area && <Sheet key={`${area.id} ${rules.revision}`} rules={rules} area={area} />}
    </ListAndSheet>
  );
}

function limitsText({ occupancy, passback, escort }: Area, { limits }: Words): string {
  return (
    [
      ...(occupancy?.max === undefined ? [] : [limits.atMost(occupancy.max)]),
      ...(occupancy?.min === undefined ? [] : [limits.atLeast(occupancy.min)]),
      ...(passback === null ? [] : [limits.passbackIs[passback.kind]]),
      ...(escort ? [limits.withEscort] : []),
    ].join(", ") || limits.unlimited
  );
}

function Sheet({ rules, area }: { readonly rules: AccessRules; readonly area: Area }) {
  const { access, limits } = useWords();
  const may = useMay();
  const [max, setMax] = useState<number | string>(area.occupancy?.max ?? "");
  const [min, setMin] = useState<number | string>(area.occupancy?.min ?? "");
  const [kind, setKind] = useState<Kind>(area.passback?.kind ?? "none");
  const [minutes, setMinutes] = useState<number | string>(
    area.passback?.kind === "timed" ? area.passback.minutes : defaultMinutes,
  );
  const [escort, setEscort] = useState(area.escort);
  // What was on the screen when it was opened: what others change meanwhile is a conflict, and not overwritten.
  const [seen] = useState(rules);
  const { busy, error, ask, dialog } = useChange(seen);
  const few = typeof min === "number" && typeof max === "number" && min > max;
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const occupancy = {
      ...(typeof min === "number" ? { min } : {}),
      ...(typeof max === "number" ? { max } : {}),
    };
    const put = {
      ...(Object.keys(occupancy).length > 0 ? { occupancy } : {}),
      ...(kind === "none"
        ? {}
        : { passback: kind === "timed" ? { kind, minutes: Number(minutes) } : { kind } }),
      ...(escort ? { escort } : {}),
    };
    void ask(area.name, [{ kind: "area-limits", area: area.id, put }]);
  };
  const readOnly = !may("site.write");
  return (
    <article>
      <form className="card stack" onSubmit={submit} aria-label={area.name}>
        <h2>{area.name}</h2>
        <NumberInput
          label={limits.max}
          description={limits.maxHint}
          value={max}
          onChange={setMax}
          min={1}
          max={100_000}
          allowDecimal={false}
          readOnly={readOnly}
        />
        <NumberInput
          label={limits.min}
          description={limits.minHint}
          value={min}
          onChange={setMin}
          min={2}
          max={10}
          allowDecimal={false}
          readOnly={readOnly}
          error={few ? limits.fewer : undefined}
        />
        <Select
          label={limits.passback}
          description={limits.passbackHint}
          data={kinds.map((value) => ({ value, label: limits.kinds[value] }))}
          value={kind}
          onChange={(next) => setKind((next ?? "none") as Kind)}
          allowDeselect={false}
          readOnly={readOnly}
          comboboxProps={{ transitionProps: { duration: 0 } }}
        />
        {kind === "timed" && (
          <NumberInput
            label={limits.minutes}
            value={minutes}
            onChange={setMinutes}
            min={1}
            max={1_440}
            allowDecimal={false}
            readOnly={readOnly}
          />
        )}
        <Checkbox
          label={limits.escort}
          description={limits.escortHint}
          checked={escort}
          onChange={({ currentTarget }) => setEscort(currentTarget.checked)}
          disabled={readOnly}
        />
        {error !== undefined && <Trouble error={error} />}
        {!readOnly && (
          <div className="actions form-end">
            <Button
              type="submit"
              loading={busy}
              disabled={few || (kind === "timed" && typeof minutes !== "number")}
            >
              {access.look}
            </Button>
          </div>
        )}
      </form>
      {dialog}
    </article>
  );
}
