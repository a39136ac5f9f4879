/** What is said of a person: name, groups and dates; traits, trainings and induction; whom he visits and who answers for him. */
import { Button, Checkbox, Modal, Stack, TextInput } from "@mantine/core";
import { useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useContext, useState } from "react";
import { api, type Person } from "../api.js";
import { GroupsInput, useGroups } from "../pages/people.js";
import { fromLocalInput, toLocalInput, ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";
import { useActing } from "./acting.js";
import { PersonInput } from "./places.js";
import { AddRow, nextKey, RemoveRow } from "./rows.js";
import { Trouble } from "./states.js";

type Trait = Person["traits"][number];

const traits: readonly Trait[] = [
  "contractor",
  "visitor",
  "needs-escort",
  "escort",
  "extended-time",
  "may-prop",
  "passback-exempt",
  "maintenance",
];

interface Training {
  readonly key: number;
  readonly id: string;
  readonly until: string;
}

const idShape = /^[a-z0-9][a-z0-9-]{0,62}$/;

export function PersonForm({ person, onClose }: { readonly person: Person; onClose(): void }) {
  const { app, people, person: words, visiting, traits: said } = useWords();
  const zone = useContext(ZoneContext);
  const groups = useGroups();
  const client = useQueryClient();
  const { busy, error, act } = useActing();
  const [name, setName] = useState(person.name);
  const [chosen, setChosen] = useState([...person.groups]);
  const [company, setCompany] = useState(person.company ?? "");
  const [host, setHost] = useState(person.host);
  const [sponsor, setSponsor] = useState(person.sponsor);
  const [from, setFrom] = useState(toLocalInput(person.validFrom, zone));
  const [until, setUntil] = useState(toLocalInput(person.validUntil, zone));
  const [inducted, setInducted] = useState(toLocalInput(person.inductedUntil, zone));
  const [has, setHas] = useState<readonly Trait[]>(person.traits);
  const [trainings, setTrainings] = useState<readonly Training[]>(() =>
    Object.entries(person.trainings).map(([id, at], key) => ({ key, id, until: toLocalInput(at, zone) })),
  );
  const unsound = trainings.some(({ id, until: at }) => !idShape.test(id) || at === "");
  const twice = new Set(trainings.map(({ id }) => id)).size < trainings.length;
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const saved = await act(() =>
      api.putPerson(person.id, {
        name: name.trim(),
        groups: chosen,
        company: company.trim() || null,
        host,
        sponsor,
        validFrom: fromLocalInput(from, zone),
        validUntil: fromLocalInput(until, zone),
        inductedUntil: fromLocalInput(inducted, zone),
        traits: [...has],
        trainings: Object.fromEntries(
          trainings.map(({ id, until: at }) => [id, fromLocalInput(at, zone) ?? ""]),
        ),
      }),
    );
    if (!saved) return;
    await client.invalidateQueries({ queryKey: ["people"] });
    onClose();
  };
  const change = (key: number, next: Partial<Training>) =>
    setTrainings(trainings.map((each) => (each.key === key ? { ...each, ...next } : each)));
  return (
    <Modal
      opened
      onClose={onClose}
      title={words.editTitle(person.name)}
      closeButtonProps={{ "aria-label": app.close }}
      size="lg"
    >
      <form onSubmit={(event) => void save(event)}>
        <Stack>
          <TextInput
            label={people.name}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            autoComplete="off"
            data-autofocus
          />
          <GroupsInput value={chosen} onChange={setChosen} groups={groups.data ?? []} />
          <TextInput
            label={visiting.company}
            value={company}
            onChange={({ currentTarget }) => setCompany(currentTarget.value)}
            autoComplete="off"
          />
          <PersonInput
            label={visiting.host}
            description={visiting.hostHint}
            value={host}
            onChange={setHost}
            known={person.host === null ? undefined : { id: person.host, name: person.host }}
          />
          <PersonInput
            label={visiting.sponsor}
            description={said.sponsorHint}
            value={sponsor}
            onChange={setSponsor}
            known={person.sponsor === null ? undefined : { id: person.sponsor, name: person.sponsor }}
          />
          <TextInput
            type="datetime-local"
            label={words.validFrom}
            description={words.validHint}
            value={from}
            onChange={({ currentTarget }) => setFrom(currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={words.validUntil}
            value={until}
            onChange={({ currentTarget }) => setUntil(currentTarget.value)}
          />
          <TextInput
            type="datetime-local"
            label={said.inductedUntil}
            description={said.inductedHint}
            value={inducted}
            onChange={({ currentTarget }) => setInducted(currentTarget.value)}
          />
          <fieldset className="line-form">
            <legend>{said.title}</legend>
            {traits.map((trait) => (
              <Checkbox
                key={trait}
                label={said.of[trait]}
                checked={has.includes(trait)}
                onChange={({ currentTarget: { checked } }) =>
                  setHas(checked ? [...has, trait] : has.filter((each) => each !== trait))
                }
              />
            ))}
          </fieldset>
          <fieldset className="line-form">
            <legend>{said.trainings}</legend>
            <p className="soft">{said.trainingsHint}</p>
            {trainings.map((each, n) => (
              <div key={each.key} className="actions">
                <TextInput
                  label={said.training(n + 1)}
                  value={each.id}
                  error={each.id !== "" && !idShape.test(each.id) ? said.trainingShape : undefined}
                  onChange={({ currentTarget }) => change(each.key, { id: currentTarget.value })}
                  autoComplete="off"
                  spellCheck={false}
                />
                <TextInput
                  type="datetime-local"
                  label={said.trainingUntil(n + 1)}
                  value={each.until}
                  onChange={({ currentTarget }) => change(each.key, { until: currentTarget.value })}
                />
                <RemoveRow
                  label={said.removeTraining(n + 1)}
                  onRemove={() => setTrainings(trainings.filter(({ key }) => key !== each.key))}
                />
              </div>
            ))}
            {twice && <p className="form-fault">{said.trainingTwice}</p>}
            <AddRow
              label={said.addTraining}
              onAdd={() => setTrainings([...trainings, { key: nextKey(trainings), id: "", until: "" }])}
            />
          </fieldset>
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" loading={busy} disabled={name.trim() === "" || unsound || twice}>
            {app.save}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}
