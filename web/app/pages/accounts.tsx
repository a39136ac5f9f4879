import { Button, Modal, NativeSelect, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { Link } from "wouter";
import { type Account, api, type Invite, inviteRoles, type Role } from "../api.js";
import { useFresh } from "../fresh.js";
import { useActing, useSayTrouble } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { CopyField } from "../parts/copy-field.js";
import { useDone } from "../parts/done.js";
import { SessionList } from "../parts/session-list.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay, useSession } from "../session.js";
import { idFrom, isId } from "../text.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

export function AccountsPage() {
  const words = useWords();
  const { accounts: own } = words;
  const may = useMay();
  const [inviting, setInviting] = useState(false);
  const query = useQuery({ queryKey: ["accounts"], queryFn: api.accounts });
  const operators = query.data?.filter(({ kind }) => kind === "operator") ?? [];
  const others = query.data?.filter(({ kind }) => kind !== "operator") ?? [];
  return (
    <div className="narrow stack">
      <div className="heading">
        <h1>{own.title}</h1>
        <p>{own.lead}</p>
        <HelpLink page="accounts-and-sign-in">{words.pages.help}</HelpLink>
        <Button component={Link} href="/me" variant="default">
          {words.pages.me}
        </Button>
        {may("accounts.write") && <Button onClick={() => setInviting(true)}>{own.invite}</Button>}
      </div>
      {query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data && (
        <section className="card" aria-labelledby="operators-title">
          <h2 id="operators-title">{own.operators}</h2>
          {operators.length < 2 && <Empty title={own.onlyYou}>{own.onlyYouHint}</Empty>}
          <ul className="list">
            {operators.map((account) => (
              <Row key={account.id} account={account} />
            ))}
          </ul>
        </section>
      )}
      {may("accounts.write") && <Invites />}
      {query.data && (
        <section className="card" aria-labelledby="others-title">
          <div>
            <h2 id="others-title">{own.others}</h2>
            <p className="soft">{own.othersHint}</p>
          </div>
          <ul className="list">
            {others.map((account) => (
              <Row key={account.id} account={account} />
            ))}
          </ul>
        </section>
      )}
      {inviting && <InviteSomebody onClose={() => setInviting(false)} />}
    </div>
  );
}

function Row({ account }: { readonly account: Account }) {
  const { accounts: own } = useWords();
  const may = useMay();
  const me = useSession();
  const client = useQueryClient();
  const done = useDone();
  const withFresh = useFresh();
  const sayTrouble = useSayTrouble();
  const [asking, setAsking] = useState<"disable" | "sessions">();
  const { id, name, role, disabled } = account;
  const isMe = id === me.account;
  const set = async (off: boolean) => {
    await withFresh(() => api.disableAccount(id, off));
    await client.invalidateQueries({ queryKey: ["accounts"] });
  };
  const enable = async () => {
    try {
      await set(false);
      done(own.isEnabled(id), () => set(true));
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <li>
      <div className="list-main">
        <strong>{name ?? id}</strong>
        {isMe && ` (${own.you})`}
        <small>
          {name ? `${id} · ` : ""}
          {own.roles[role]}
        </small>
      </div>
      <span className="tag" data-tone={disabled ? "bad" : "good"}>
        {disabled ? own.disabled : own.enabled}
      </span>
      {may("accounts.write") && !isMe && (
        <span className="actions">
          {account.kind === "operator" && (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={own.sessionsOf(id)}
              onClick={() => setAsking("sessions")}
            >
              {own.sessions}
            </Button>
          )}
          {disabled ? (
            <Button
              size="compact-sm"
              variant="default"
              aria-label={own.enableOf(id)}
              onClick={() => void enable()}
            >
              {own.enable}
            </Button>
          ) : (
            <Button
              size="compact-sm"
              variant="light"
              color="red"
              aria-label={own.disableOf(id)}
              onClick={() => setAsking("disable")}
            >
              {own.disable}
            </Button>
          )}
        </span>
      )}
      {asking === "disable" && (
        <Confirm
          title={own.disableTitle(id)}
          doLabel={own.disable}
          onClose={() => setAsking(undefined)}
          onDo={async () => {
            await set(true);
            done(own.isDisabled(id), () => set(false));
          }}
        >
          {own.disableSure}
        </Confirm>
      )}
      {asking === "sessions" && <SessionsOf account={id} onClose={() => setAsking(undefined)} />}
    </li>
  );
}

function SessionsOf({ account, onClose }: { readonly account: string; onClose(): void }) {
  const { app, accounts: own } = useWords();
  const done = useDone();
  const { busy, error, act } = useActing();
  const query = useQuery({
    queryKey: ["accounts", account, "sessions"],
    queryFn: () => api.sessionsOf(account),
    staleTime: 0,
  });
  const endAll = async () => {
    const ended = await act(async () => {
      await api.endSessionsOf(account);
      return true;
    });
    if (!ended) return;
    done(own.ended(account));
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={own.sessionsOf(account)}
      closeButtonProps={{ "aria-label": app.close }}
    >
      <Stack>
        {query.isPending && <Waiting />}
        {query.isError && <Trouble error={query.error} />}
        <SessionList sessions={query.data ?? []} />
        {error !== undefined && <Trouble error={error} />}
        <Button color="red" loading={busy} onClick={() => void endAll()}>
          {own.endAll}
        </Button>
      </Stack>
    </Modal>
  );
}

function Invites() {
  const { accounts: own } = useWords();
  const time = useSiteTime();
  const client = useQueryClient();
  const done = useDone();
  const withFresh = useFresh();
  const sayTrouble = useSayTrouble();
  const query = useQuery({ queryKey: ["invites"], queryFn: api.invites });
  const withdraw = async ({ account }: Invite) => {
    try {
      await withFresh(() => api.withdrawInvite(account));
      await client.invalidateQueries({ queryKey: ["invites"] });
      done(own.withdrawn);
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <section className="card" aria-labelledby="invites-title">
      <h2 id="invites-title">{own.pending}</h2>
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="soft">{own.noPending}</p>}
      <ul className="list">
        {query.data?.map((invite) => (
          <li key={invite.account}>
            <div className="list-main">
              <strong>{invite.name ?? invite.account}</strong>
              <small>
                {own.roles[invite.role]} · {own.expires(time.near(new Date(invite.expiresAt), siteNow()))}
              </small>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={own.withdrawOf(invite.account)}
              onClick={() => void withdraw(invite)}
            >
              {own.withdraw}
            </Button>
          </li>
        ))}
      </ul>
    </section>
  );
}

function InviteSomebody({ onClose }: { onClose(): void }) {
  const { app, accounts: own } = useWords();
  const time = useSiteTime();
  const client = useQueryClient();
  const { busy, error, act } = useActing();
  const [name, setName] = useState("");
  const [typed, setTyped] = useState<string>();
  const [role, setRole] = useState<Role>("guard");
  const [made, setMade] = useState<{ url: string; expiresAt: string }>();
  const account = typed ?? idFrom(name);
  const make = async (event: FormEvent) => {
    event.preventDefault();
    const invite = await act(() => api.invite({ account, name: name.trim(), role }));
    if (!invite) return;
    setMade(invite);
    await client.invalidateQueries({ queryKey: ["invites"] });
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={made ? own.inviteReady(name || account) : own.invite}
      closeButtonProps={{ "aria-label": app.close }}
    >
      {made ? (
        <Stack>
          <CopyField label={own.inviteReady(name || account)} value={made.url} />
          <p>{own.inviteOnce(time.near(new Date(made.expiresAt), siteNow()))}</p>
          <Button onClick={onClose}>{app.close}</Button>
        </Stack>
      ) : (
        <form onSubmit={(event) => void make(event)}>
          <Stack>
            <p>{own.inviteLead}</p>
            <TextInput
              label={own.name}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              autoComplete="off"
              data-autofocus
            />
            <TextInput
              label={own.account}
              description={own.accountHint}
              value={account}
              onChange={({ currentTarget }) => setTyped(currentTarget.value)}
              autoComplete="off"
              spellCheck={false}
            />
            <NativeSelect
              label={own.role}
              value={role}
              onChange={({ currentTarget }) => setRole(currentTarget.value as Role)}
              data={inviteRoles.map((each) => ({ value: each, label: own.roles[each] }))}
            />
            {error !== undefined && <Trouble error={error} />}
            <Button type="submit" loading={busy} disabled={!isId(account) || name.trim() === ""}>
              {own.makeInvite}
            </Button>
          </Stack>
        </form>
      )}
    </Modal>
  );
}
