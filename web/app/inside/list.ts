import { useQuery } from "@tanstack/react-query";
import { api, type MusterList } from "../api.js";
import { useLivePart } from "../session.js";

export type Listed = MusterList["people"][number];

/** While people are counted every second is worth it. */
const countingMs = 2_500;
const calmMs = 10_000;

export function useMuster() {
  const counting = useLivePart((state) => state.house?.muster?.since ?? "");
  return useQuery({
    // Another count is another list; the one before is shown until it is there.
    queryKey: ["muster", counting],
    queryFn: api.muster,
    placeholderData: (before) => before,
    refetchInterval: counting === "" ? calmMs : countingMs,
    staleTime: 0,
  });
}

export interface Place {
  readonly id: string;
  readonly name: string;
  readonly certain: readonly Listed[];
  readonly possible: readonly Listed[];
}

/** By area, in the order of their names; who is nowhere comes last, under `elsewhere`. */
export function byPlace(people: readonly Listed[], elsewhere: string): Place[] {
  const places = new Map<string, { id: string; name: string; certain: Listed[]; possible: Listed[] }>();
  for (const person of people) {
    const id = person.area ?? "";
    const place = places.get(id) ?? { id, name: person.areaName ?? elsewhere, certain: [], possible: [] };
    places.set(id, place);
    place[person.how].push(person);
  }
  return [...places.values()].sort((a, b) =>
    a.id === "" ? 1 : b.id === "" ? -1 : a.name.localeCompare(b.name),
  );
}
