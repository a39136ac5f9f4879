import { Button, Modal, MultiSelect, Stack, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { IconPlus, IconSearch } from "@tabler/icons-react";
import { keepPreviousData, useInfiniteQuery, useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link, useLocation } from "wouter";
import { api, type Person } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { idFrom } from "../text.js";
import { useWords } from "../words/words.js";

const pageSize = 50;

export function useGroups() {
  return useQuery({ queryKey: ["groups"], queryFn: api.groups, staleTime: 60_000 });
}

export function PeoplePage() {
  const words = useWords();
  const { people } = words;
  const may = useMay();
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search.trim(), 150);
  const [adding, setAdding] = useState(false);
  const groups = useGroups();
  const found = useInfiniteQuery({
    queryKey: ["people", "list", asked],
    queryFn: ({ pageParam }) =>
      api.people({
        search: asked,
        limit: pageSize,
        ...(pageParam === undefined ? {} : { after: pageParam }),
      }),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: ({ next }) => next ?? undefined,
    placeholderData: keepPreviousData,
  });
  const groupName = (id: string) => groups.data?.find((group) => group.id === id)?.name ?? id;
  const shown = found.data?.pages.flatMap((page) => page.people) ?? [];
  return (
    <div className="narrow">
      <div className="heading">
        <h1>{words.pages.people}</h1>
        {found.data && <p>{people.total(found.data.pages[0]?.total ?? 0)}</p>}
        <HelpLink page="people-and-badges">{words.pages.help}</HelpLink>
        <Button component={Link} href="/visitors" variant="default">
          {words.visiting.visitors}
        </Button>
        {may("people.write") && may("credentials.write") && (
          <Button component={Link} href="/leavers" variant="default">
            {words.visiting.leavers}
          </Button>
        )}
        {may("people.write") && (
          <Button component={Link} href="/import/people" variant="default">
            {words.imports.open}
          </Button>
        )}
        {may("people.write") && (
          <Button leftSection={<IconPlus size={18} aria-hidden />} onClick={() => setAdding(true)}>
            {people.add}
          </Button>
        )}
      </div>
      <TextInput
        type="search"
        size="md"
        label={people.search}
        description={people.searchHint}
        leftSection={<IconSearch size={18} aria-hidden />}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        autoComplete="off"
        mb="md"
      />
      {found.isPending && <Waiting />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.isSuccess &&
        shown.length === 0 &&
        (asked === "" ? (
          <Empty title={people.none}>{people.noneHint}</Empty>
        ) : (
          <Empty title={people.noMatch(asked)}>{people.noMatchHint}</Empty>
        ))}
      {shown.length > 0 && (
        <ul className="card list people-list">
          {shown.map((person) => (
            <Row key={person.id} person={person} groupName={groupName} />
          ))}
        </ul>
      )}
      {found.hasNextPage && (
        <Button
          variant="default"
          className="older"
          loading={found.isFetchingNextPage}
          onClick={() => void found.fetchNextPage()}
        >
          {words.app.more}
        </Button>
      )}
      {adding && <AddPerson onClose={() => setAdding(false)} />}
    </div>
  );
}

function Row({ person, groupName }: { readonly person: Person; groupName(id: string): string }) {
  const { people } = useWords();
  const inUse = person.credentials.filter(({ status }) => status === "active").length;
  return (
    <li>
      <div className="list-main">
        <Link href={`/people/${person.id}`} className="list-link">
          {person.name}
        </Link>
        <small>
          {person.groups.length === 0 ? people.noGroups : person.groups.map(groupName).join(", ")}
        </small>
      </div>
      <span className="soft">{inUse === 0 ? people.noBadges : people.badges(inUse)}</span>
      {person.status === "blocked" && (
        <span className="tag" data-tone="bad">
          {people.blocked}
        </span>
      )}
    </li>
  );
}

function AddPerson({ onClose }: { onClose(): void }) {
  const { app, people } = useWords();
  const client = useQueryClient();
  const done = useDone();
  const groups = useGroups();
  const [, go] = useLocation();
  const { busy, error, act } = useActing();
  const [name, setName] = useState("");
  const [typedId, setTypedId] = useState<string>();
  const [chosen, setChosen] = useState<string[]>([]);
  const id = typedId ?? idFrom(name);
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const added = await act(() => api.putPerson(id, { name: name.trim(), groups: chosen }));
    if (!added) return;
    await client.invalidateQueries({ queryKey: ["people"] });
    done(people.added(added.name));
    go(`/people/${added.id}`);
  };
  return (
    <Modal opened onClose={onClose} title={people.add} closeButtonProps={{ "aria-label": app.close }}>
      <form onSubmit={(event) => void add(event)}>
        <Stack>
          <TextInput
            label={people.name}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            required
            data-autofocus
            autoComplete="off"
          />
          <GroupsInput value={chosen} onChange={setChosen} groups={groups.data ?? []} />
          <TextInput
            label={people.id}
            description={people.idHint}
            value={id}
            onChange={({ currentTarget }) => setTypedId(currentTarget.value)}
            autoComplete="off"
            spellCheck={false}
          />
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" loading={busy} disabled={name.trim() === "" || id === ""}>
            {people.add}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

export function GroupsInput({
  value,
  onChange,
  groups,
}: {
  readonly value: string[];
  onChange(value: string[]): void;
  readonly groups: readonly { readonly id: string; readonly name: string }[];
}) {
  const { people } = useWords();
  // What somebody is in and the list does not have is kept, under its id.
  const missing = value.filter((id) => !groups.some((group) => group.id === id));
  return (
    <MultiSelect
      label={people.groups}
      description={people.noGroupsHint}
      value={value}
      onChange={onChange}
      data={[
        ...groups.map(({ id, name }) => ({ value: id, label: name })),
        ...missing.map((id) => ({ value: id, label: id })),
      ]}
      comboboxProps={{ transitionProps: { duration: 0 } }}
    />
  );
}
