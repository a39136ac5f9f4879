import { Button, MultiSelect, Select, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { useLocation } from "wouter";
import type { AccessRules } from "../api.js";
import { AddRow, nextKey, RemoveRow } from "../parts/rows.js";
import { Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords, type Words } from "../words/words.js";
import { useChange } from "./change.js";
import { newId } from "./ids.js";
import { ListAndSheet } from "./list.js";
import { nameIn } from "./rules.js";

type Level = AccessRules["threatLevels"][number];
type LevelDoors = NonNullable<Level["doors"]>[number];

const modes = ["secured", "card-and-pin", "two-step", "pin", "card-or-pin", "card", "free"] as const;
const allDoors = "all";
const mostLevels = 8;
const atOnce = { transitionProps: { duration: 0 } };

/** What each threat level changes at the doors; the first is the usual one, and changes nothing. */
export function Levels({
  rules,
  chosen,
}: {
  readonly rules: AccessRules;
  readonly chosen: string | undefined;
}) {
  const words = useWords();
  const { levels } = words;
  const level = rules.threatLevels.find(({ id }) => id === chosen);
  const mayAdd = rules.threatLevels.length < mostLevels;
  return (
    <ListAndSheet
      tab="levels"
      items={rules.threatLevels.map((each, n) => ({
        id: each.id,
        name: each.name,
        detail: n === 0 ? levels.usual : levelText(rules, each, words),
      }))}
      chosen={chosen}
      {...(mayAdd ? { add: levels.add } : {})}
      none={{ title: levels.none, hint: levels.noneHint }}
      choose={{ title: levels.choose, hint: levels.chooseHint }}
    >
      <Form key={`${level?.id} ${rules.revision}`} rules={rules} level={level} />
    </ListAndSheet>
  );
}

function levelText(
  rules: AccessRules,
  { doors = [], deny = [], onlyGroups = [] }: Level,
  words: Words,
): string {
  const { levels, door } = words;
  const groups = (ids: readonly string[]) => ids.map((id) => nameIn(rules, "groups", id)).join(", ");
  return (
    [
      ...doors.map((each) => `${doorsOf(rules, each, words)}: ${door.mode[each.mode]}`),
      ...(onlyGroups.length > 0 ? [levels.onlyOf(groups(onlyGroups))] : []),
      ...(deny.length > 0 ? [levels.notOf(groups(deny))] : []),
    ].join("; ") || levels.nothing
  );
}

const doorsOf = (rules: AccessRules, { doorGroup }: LevelDoors, { levels }: Words): string =>
  doorGroup === allDoors ? levels.allDoors : nameIn(rules, "doorGroups", doorGroup);

function Form({ rules, level }: { readonly rules: AccessRules; readonly level: Level | undefined }) {
  const words = useWords();
  const { access, levels, door } = words;
  const may = useMay();
  const [, go] = useLocation();
  const [name, setName] = useState(level?.name ?? "");
  const [doors, setDoors] = useState<readonly (LevelDoors & { readonly key: number })[]>(() =>
    (level?.doors ?? []).map((each, key) => ({ ...each, key })),
  );
  const [only, setOnly] = useState<string[]>([...(level?.onlyGroups ?? [])]);
  const [deny, setDeny] = useState<string[]>([...(level?.deny ?? [])]);
  // What was on the screen when it was opened: what others change meanwhile is a conflict, and not overwritten.
  const [seen] = useState(rules);
  const { busy, error, ask, dialog } = useChange(seen);
  const isUsual = level === undefined ? rules.threatLevels.length === 0 : rules.threatLevels[0] === level;
  const id = level?.id ?? newId(name, rules.threatLevels);
  const taken = rules.threatLevels.some((each) => each.id !== level?.id && each.name === name.trim());
  const readOnly = !may("site.write");
  const submit = (event: FormEvent) => {
    event.preventDefault();
    const put: Level = {
      id,
      name: name.trim(),
      ...(doors.length > 0 ? { doors: doors.map(({ doorGroup, mode }) => ({ doorGroup, mode })) } : {}),
      ...(only.length > 0 ? { onlyGroups: only } : {}),
      ...(deny.length > 0 ? { deny } : {}),
    };
    void ask(put.name, [{ kind: "threat-level", put }], () => go(`/access/levels/${id}`));
  };
  const groups = rules.groups.map((each) => ({ value: each.id, label: each.name }));
  return (
    <article>
      <form className="card stack" onSubmit={submit} aria-label={level?.name ?? levels.add}>
        <div className="card-head">
          <h2>{level?.name ?? levels.add}</h2>
          {level && !readOnly && !isUsual && (
            <Button
              variant="subtle"
              color="red"
              aria-label={access.removeOf(level.name)}
              loading={busy}
              onClick={() =>
                void ask(level.name, [{ kind: "threat-level", remove: level.id }], () => go("/access/levels"))
              }
            >
              {access.remove}
            </Button>
          )}
        </div>
        <TextInput
          label={access.name}
          value={name}
          onChange={({ currentTarget }) => setName(currentTarget.value)}
          error={taken ? access.nameTaken : undefined}
          maxLength={100}
          required
          readOnly={readOnly}
          autoComplete="off"
        />
        {isUsual ? (
          <p className="soft">{levels.usualHint}</p>
        ) : (
          <>
            <fieldset className="line-form">
              <legend>{levels.doors}</legend>
              <p className="soft">{levels.doorsHint}</p>
              {doors.map((each, n) => (
                <div key={each.key} className="actions">
                  <Select
                    label={levels.doorsOf(n + 1)}
                    data={[
                      { value: allDoors, label: levels.allDoors },
                      ...rules.doorGroups.map((group) => ({ value: group.id, label: group.name })),
                    ]}
                    value={each.doorGroup}
                    onChange={(next) =>
                      setDoors(
                        doors.map((other) =>
                          other.key === each.key ? { ...other, doorGroup: next ?? allDoors } : other,
                        ),
                      )
                    }
                    allowDeselect={false}
                    readOnly={readOnly}
                    comboboxProps={atOnce}
                  />
                  <Select
                    label={levels.modeOf(n + 1)}
                    data={modes.map((mode) => ({ value: mode, label: door.mode[mode] }))}
                    value={each.mode}
                    onChange={(next) =>
                      setDoors(
                        doors.map((other) =>
                          other.key === each.key
                            ? { ...other, mode: (next ?? "secured") as LevelDoors["mode"] }
                            : other,
                        ),
                      )
                    }
                    allowDeselect={false}
                    readOnly={readOnly}
                    comboboxProps={atOnce}
                  />
                  {!readOnly && (
                    <RemoveRow
                      label={levels.removeDoors(n + 1)}
                      onRemove={() => setDoors(doors.filter(({ key }) => key !== each.key))}
                    />
                  )}
                </div>
              ))}
              {!readOnly && (
                <AddRow
                  label={levels.addDoors}
                  onAdd={() =>
                    setDoors([...doors, { key: nextKey(doors), doorGroup: allDoors, mode: "secured" }])
                  }
                />
              )}
            </fieldset>
            <MultiSelect
              label={levels.only}
              description={levels.onlyHint}
              data={groups}
              value={only}
              onChange={setOnly}
              readOnly={readOnly}
              searchable
              comboboxProps={atOnce}
            />
            <MultiSelect
              label={levels.deny}
              data={groups}
              value={deny}
              onChange={setDeny}
              readOnly={readOnly}
              searchable
              comboboxProps={atOnce}
            />
          </>
        )}
        {error !== undefined && <Trouble error={error} />}
        {!readOnly && (
          <div className="actions form-end">
            <Button type="submit" loading={busy} disabled={name.trim() === "" || taken}>
              {access.look}
            </Button>
          </div>
        )}
      </form>
      {dialog}
    </article>
  );
}
