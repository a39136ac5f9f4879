import { MultiSelect, Select } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api } from "../api.js";
import { useGroups } from "../pages/people.js";
import { useLivePart } from "../session.js";
import { useWords } from "../words/words.js";

export interface Places {
  readonly doors: readonly string[];
  readonly areas: readonly string[];
  readonly groups: readonly string[];
}

const separator = ":";

/** What a choice of places is sent as; the kinds are told apart by what stands before the id. */
export function placesOf(chosen: readonly string[]): Places {
  const of = (kind: string) =>
    chosen
      .filter((each) => each.startsWith(kind + separator))
      .map((each) => each.slice(kind.length + separator.length));
  return { doors: of("door"), areas: of("area"), groups: of("group") };
}

/** Their names; who is in them is no matter here. */
export function useAreas(): readonly { readonly id: string; readonly name: string }[] {
  return useQuery({ queryKey: ["areas"], queryFn: api.areas, staleTime: 60_000 }).data ?? [];
}

function usePlaces() {
  const { visiting } = useWords();
  const doors = useLivePart((state) => state.doors);
  const areas = useAreas();
  const groups = useGroups();
  const items = (kind: string, all: Iterable<{ readonly id: string; readonly name: string }>) =>
    [...all].map(({ id, name }) => ({ value: kind + separator + id, label: name }));
  return [
    { group: visiting.doors, items: items("door", doors.values()) },
    { group: visiting.areas, items: items("area", areas) },
    { group: visiting.groups, items: items("group", groups.data ?? []) },
  ].filter((each) => each.items.length > 0);
}

const atOnce = { transitionProps: { duration: 0 } };

export function PlacesInput({
  value,
  onChange,
}: {
  readonly value: string[];
  onChange(value: string[]): void;
}) {
  const { visiting } = useWords();
  return (
    <MultiSelect
      label={visiting.may}
      description={visiting.mayHint}
      data={usePlaces()}
      value={value}
      onChange={onChange}
      maxValues={20}
      searchable
      comboboxProps={atOnce}
    />
  );
}

export function PlaceInput({
  value,
  onChange,
}: {
  readonly value: string | null;
  onChange(value: string | null): void;
}) {
  const { visiting } = useWords();
  return (
    <Select
      label={visiting.letInTo}
      data={usePlaces()}
      value={value}
      onChange={onChange}
      searchable
      data-autofocus
      comboboxProps={atOnce}
    />
  );
}

const mostFound = 20;

/** One person, found by typing. */
export function PersonInput({
  label,
  description,
  value,
  onChange,
  known,
}: {
  readonly label: string;
  readonly description?: string;
  readonly value: string | null;
  onChange(value: string | null): void;
  /** Who is chosen already, so that the name can be shown. */
  readonly known?: { readonly id: string; readonly name: string } | undefined;
}) {
  const { people } = useWords();
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search, 150);
  const found = useQuery({
    queryKey: ["people", "input", asked],
    queryFn: () => api.people({ search: asked, limit: mostFound }),
    placeholderData: keepPreviousData,
  });
  const choices = new Map(
    [...(known ? [known] : []), ...(found.data?.people ?? [])].map(({ id, name }) => [id, name]),
  );
  return (
    <Select
      label={label}
      description={description}
      placeholder={people.search}
      data={[...choices].map(([id, name]) => ({ value: id, label: name }))}
      value={value}
      onChange={onChange}
      searchable
      clearable
      onSearchChange={setSearch}
      // The gateway has searched already, also by card and id.
      filter={({ options }) => options}
      nothingFoundMessage={people.noMatch(asked)}
      comboboxProps={atOnce}
    />
  );
}
