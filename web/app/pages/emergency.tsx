import { Button, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, type EmergencyBadges } from "../api.js";
import { useFresh } from "../fresh.js";
import { useActing } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { Empty, HelpLink, Note, Trouble, Waiting } from "../parts/states.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

const key = ["emergency-badges"] as const;

/** Badges that open with everything else lost. */
export function EmergencyPage() {
  const { emergency, pages } = useWords();
  const found = useQuery({ queryKey: key, queryFn: api.emergencyBadges });
  return (
    <div className="narrow stack">
      <div className="heading">
        <h1>{emergency.title}</h1>
        <HelpLink page="life-safety">{pages.help}</HelpLink>
      </div>
      {found.isPending && <Waiting />}
      {found.isError && <Trouble error={found.error} onRetry={() => void found.refetch()} />}
      {found.data && <Badges list={found.data} />}
    </div>
  );
}

function Badges({ list }: { readonly list: EmergencyBadges }) {
  const { emergency } = useWords();
  const time = useSiteTime();
  const newest = list.badges
    .map(({ addedAt }) => addedAt)
    .sort()
    .at(-1);
  return (
    <>
      <p>
        {emergency.lead(list.most)} {newest && emergency.newest(time.date(new Date(newest)))}
      </p>
      {list.refused !== null && <Note title={emergency.refused}>{list.refused}</Note>}
      {list.badges.length === 0 ? (
        <Empty title={emergency.none}>{emergency.noneHint}</Empty>
      ) : (
        <ul className="card list">
          {list.badges.map((badge) => (
            <Badge key={badge.id} badge={badge} />
          ))}
        </ul>
      )}
      {list.badges.length >= list.most ? <p className="soft">{emergency.full(list.most)}</p> : <Add />}
    </>
  );
}

function Badge({ badge }: { readonly badge: EmergencyBadges["badges"][number] }) {
  const { emergency } = useWords();
  const time = useSiteTime();
  const done = useDone();
  const client = useQueryClient();
  const withFresh = useFresh();
  const [asking, setAsking] = useState(false);
  return (
    <li>
      <div className="list-main">
        <strong>{badge.name}</strong>
        <small>
          {badge.shown}, {emergency.added(time.near(new Date(badge.addedAt), siteNow()), badge.addedBy)}
        </small>
      </div>
      <Button
        variant="subtle"
        color="red"
        aria-label={emergency.removeOf(badge.name)}
        onClick={() => setAsking(true)}
      >
        {emergency.remove}
      </Button>
      {asking && (
        <Confirm
          title={emergency.removeTitle(badge.name)}
          doLabel={emergency.remove}
          onDo={async () => {
            await withFresh(() => api.removeEmergencyBadge(badge.id));
            await client.invalidateQueries({ queryKey: key });
            done(emergency.removed(badge.name));
          }}
          onClose={() => setAsking(false)}
        >
          {emergency.removeSure}
        </Confirm>
      )}
    </li>
  );
}

function Add() {
  const { emergency } = useWords();
  const client = useQueryClient();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const added = await act(async () => {
      await api.addEmergencyBadge({ name: name.trim(), value: value.trim() });
      return true;
    });
    if (!added) return;
    await client.invalidateQueries({ queryKey: key });
    done(emergency.isAdded(name.trim()));
    setName("");
    setValue("");
  };
  return (
    <form className="card stack" onSubmit={(event) => void add(event)} aria-label={emergency.add}>
      <h2>{emergency.add}</h2>
      <TextInput
        label={emergency.name}
        placeholder={emergency.nameHint}
        value={name}
        onChange={({ currentTarget }) => setName(currentTarget.value)}
        maxLength={100}
        required
        autoComplete="off"
      />
      <TextInput
        label={emergency.value}
        description={emergency.valueHint}
        value={value}
        onChange={({ currentTarget }) => setValue(currentTarget.value)}
        maxLength={600}
        required
        autoComplete="off"
      />
      {error !== undefined && <Trouble error={error} />}
      <Button type="submit" loading={busy} disabled={name.trim() === "" || value.trim() === ""}>
        {emergency.add}
      </Button>
    </form>
  );
}
