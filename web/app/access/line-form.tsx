import { Button, Checkbox, MultiSelect, Select, TextInput } from "@mantine/core";
import { useId } from "react";
import type { AccessRules } from "../api.js";
import { useWords } from "../words/words.js";
import { type AccessLine, always } from "./rules.js";

export const hasPlace = ({ doors, doorGroups, areas }: AccessLine): boolean =>
  [doors, doorGroups, areas].some((each) => each !== undefined && each.length > 0);

const still = { transitionProps: { duration: 0 } };
const choices = (list: readonly { readonly id: string; readonly name: string }[]) =>
  list.map(({ id, name }) => ({ value: id, label: name }));

/** One right: where, when, and under which conditions. */
export function LineForm({
  rules,
  line,
  place,
  onChange,
  onRemove,
}: {
  readonly rules: AccessRules;
  readonly line: AccessLine;
  /** The first is 1. */
  readonly place: number;
  onChange(line: AccessLine): void;
  onRemove(): void;
}) {
  const { access } = useWords();
  const name = useId();
  const put = (field: "doors" | "doorGroups" | "areas", value: string[]) => {
    const { [field]: _, ...rest } = line;
    onChange(value.length === 0 ? rest : { ...rest, [field]: value });
  };
  const setDeny = (deny: boolean) => {
    const { deny: _, ...rest } = line;
    onChange(deny ? { ...rest, deny } : rest);
  };
  return (
    <fieldset className="line-form">
      <legend>{access.right(place)}</legend>
      <div className="picks" role="radiogroup" aria-label={access.effectOfRight}>
        {[false, true].map((deny) => (
          <label key={String(deny)} className="pick">
            <input
              type="radio"
              name={name}
              checked={(line.deny ?? false) === deny}
              onChange={() => setDeny(deny)}
            />
            <span>{deny ? access.keepsOut : access.letsIn}</span>
          </label>
        ))}
      </div>
      {line.deny && <p className="soft">{access.keepsOutHint}</p>}
      <MultiSelect
        label={access.placeDoors}
        data={choices(rules.doors)}
        value={line.doors ?? []}
        onChange={(value) => put("doors", value)}
        searchable
        comboboxProps={still}
      />
      {rules.doorGroups.length > 0 && (
        <MultiSelect
          label={access.placeGroups}
          data={choices(rules.doorGroups)}
          value={line.doorGroups ?? []}
          onChange={(value) => put("doorGroups", value)}
          searchable
          comboboxProps={still}
        />
      )}
      <MultiSelect
        label={access.placeAreas}
        description={access.placeAreasHint}
        data={choices(rules.areas)}
        value={line.areas ?? []}
        onChange={(value) => put("areas", value)}
        searchable
        comboboxProps={still}
      />
      {!hasPlace(line) && <p className="form-fault">{access.noPlace}</p>}
      <Select
        label={access.schedule}
        data={[{ value: always, label: access.always }, ...choices(rules.schedules)]}
        value={line.schedule}
        onChange={(schedule) => schedule !== null && onChange({ ...line, schedule })}
        allowDeselect={false}
        comboboxProps={still}
      />
      <Conditions rules={rules} line={line} onChange={onChange} />
      <Button variant="subtle" color="red" size="compact-md" onClick={onRemove}>
        {access.removeRight(place)}
      </Button>
    </fieldset>
  );
}

type When = NonNullable<AccessLine["when"]>;

function Conditions({
  rules,
  line,
  onChange,
}: {
  readonly rules: AccessRules;
  readonly line: AccessLine;
  onChange(line: AccessLine): void;
}) {
  const { access } = useWords();
  const { when = {} } = line;
  const set = <K extends keyof When>(field: K, value: When[K] | undefined) => {
    const { [field]: _, ...others } = when;
    const next: When = value === undefined ? others : { ...others, [field]: value };
    const { when: __, ...rest } = line;
    onChange(Object.keys(next).length === 0 ? rest : { ...rest, when: next });
  };
  const select = (
    label: string,
    field: "disarmed" | "presentIn" | "firstIn",
    list: readonly { readonly id: string; readonly name: string }[],
  ) => (
    <Select
      label={label}
      placeholder={access.when.none}
      data={choices(list)}
      value={when[field] ?? null}
      onChange={(id) => set(field, id ?? undefined)}
      clearable
      clearButtonProps={{ "aria-label": `${label}: ${access.when.none}` }}
      comboboxProps={still}
    />
  );
  return (
    <details className="conditions" open={Object.keys(when).length > 0}>
      <summary>{access.conditions}</summary>
      <div className="stack">
        <p className="soft">{access.conditionsHint}</p>
        {rules.partitions.length > 0 && select(access.when.disarmed, "disarmed", rules.partitions)}
        {select(access.when.presentIn, "presentIn", rules.areas)}
        {select(access.when.firstIn, "firstIn", rules.groups)}
        {rules.sensors.length > 0 && (
          <div className="side-by-side">
            <Select
              label={access.when.input}
              placeholder={access.when.none}
              data={choices(rules.sensors)}
              value={when.input?.sensor ?? null}
              onChange={(sensor) =>
                set("input", sensor === null ? undefined : { sensor, is: when.input?.is ?? "active" })
              }
              clearable
              clearButtonProps={{ "aria-label": `${access.when.input}: ${access.when.none}` }}
              comboboxProps={still}
            />
            {when.input && (
              <Select
                aria-label={`${access.when.active} / ${access.when.quiet}`}
                data={[
                  { value: "active", label: access.when.active },
                  { value: "quiet", label: access.when.quiet },
                ]}
                value={when.input.is}
                onChange={(is) =>
                  when.input && set("input", { ...when.input, is: is === "quiet" ? "quiet" : "active" })
                }
                allowDeselect={false}
                comboboxProps={still}
              />
            )}
          </div>
        )}
        <TextInput
          label={access.when.training}
          placeholder={access.when.trainingId}
          value={when.training ?? ""}
          onChange={({ currentTarget }) =>
            set("training", currentTarget.value.trim().toLowerCase() || undefined)
          }
          autoComplete="off"
        />
        <Checkbox
          label={access.when.clockTrusted}
          checked={when.clockTrusted === true}
          onChange={({ currentTarget }) => set("clockTrusted", currentTarget.checked || undefined)}
        />
      </div>
    </details>
  );
}
