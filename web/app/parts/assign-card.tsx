import { Button, Group, Modal, TextInput } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { keepPreviousData, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Person, type SiteEvent } from "../api.js";
import { useWords } from "../words/words.js";
import { useActing } from "./acting.js";
import { useDone } from "./done.js";
import { Empty, Trouble } from "./states.js";

const mostShown = 8;

/** Gives the card that was just refused as unknown to somebody: search, choose, give. */
export function AssignCard({
  event,
  onClose,
}: {
  readonly event: Pick<SiteEvent, "id" | "shown">;
  onClose(): void;
}) {
  const { app, assign, people, person: words } = useWords();
  const client = useQueryClient();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [search, setSearch] = useState("");
  const [asked] = useDebouncedValue(search, 150);
  const [chosen, setChosen] = useState<Person>();
  const found = useQuery({
    queryKey: ["people", "assign", asked],
    queryFn: () => api.people({ search: asked, limit: mostShown }),
    placeholderData: keepPreviousData,
  });
  const give = async (to: Person) => {
    const given = await act(() => api.addCredential(to.id, { event: event.id }));
    if (!given) return;
    await client.invalidateQueries({ queryKey: ["people"] });
    done(words.given(to.name), () =>
      api
        .credentialStatus(given.credential.id, "returned")
        .then(() => client.invalidateQueries({ queryKey: ["people"] })),
    );
    onClose();
  };
  return (
    <Modal opened onClose={onClose} title={assign.title} closeButtonProps={{ "aria-label": app.close }}>
      <p className="assign-card">
        {assign.card} <code>{event.shown}</code>
      </p>
      <TextInput
        label={assign.who}
        placeholder={people.search}
        value={search}
        onChange={({ currentTarget }) => setSearch(currentTarget.value)}
        data-autofocus
        autoComplete="off"
        type="search"
      />
      {found.isError && <Trouble error={found.error} />}
      {found.data?.people.length === 0 && (
        <Empty title={asked ? people.noMatch(asked) : people.none}>{people.noMatchHint}</Empty>
      )}
      <div className="choices" role="radiogroup" aria-label={assign.choose}>
        {found.data?.people.map((each) => (
          <label key={each.id} className="choice">
            <input
              type="radio"
              name="person"
              checked={chosen?.id === each.id}
              onChange={() => setChosen(each)}
            />
            <span>
              {each.name}
              <small>
                {each.status === "blocked"
                  ? people.blocked
                  : each.credentials.length === 0
                    ? people.noBadges
                    : people.badges(each.credentials.length)}
              </small>
            </span>
          </label>
        ))}
      </div>
      {error !== undefined && <Trouble error={error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {app.cancel}
        </Button>
        <Button disabled={!chosen} loading={busy} onClick={() => chosen && void give(chosen)}>
          {assign.do}
        </Button>
      </Group>
    </Modal>
  );
}
