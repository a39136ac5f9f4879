import { Button, Modal, NativeSelect, NumberInput, PasswordInput, Stack, TextInput } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { type FormEvent, type ReactNode, useState } from "react";
import { api, type Factors, type OpenSession } from "../api.js";
import { useFresh } from "../fresh.js";
import { useActing, useSayTrouble } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { CopyField } from "../parts/copy-field.js";
import { useDone } from "../parts/done.js";
import { Qr } from "../parts/qr.js";
import { SessionList } from "../parts/session-list.js";
import { Empty, HelpLink, Note, Trouble, Waiting } from "../parts/states.js";
import { makePasskey, NoPasskey, passkeysWork } from "../passkeys.js";
import { useSession, useSessionChange } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

const factorsKey = ["me", "factors"] as const;

/** How I prove who I am, where I am signed in, and which programs ask in my name. */
export function MePage() {
  const { me, pages } = useWords();
  const session = useSession();
  const query = useQuery({ queryKey: factorsKey, queryFn: api.factors });
  const [codes, setCodes] = useState<readonly string[]>();
  return (
    <div className="narrow stack">
      <div className="heading">
        <h1>{me.title}</h1>
        <p>
          {session.name ?? session.account}, {session.role}
        </p>
        <HelpLink page="accounts-and-sign-in">{pages.help}</HelpLink>
      </div>
      {session.mustEnrol && <Note title={me.mustEnrol}>{me.mustEnrolHint}</Note>}
      {query.isPending && <Waiting />}
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      <div className="cards">
        {query.data && (
          <>
            <Totp factors={query.data} onCodes={setCodes} />
            <Passkeys factors={query.data} onCodes={setCodes} />
            <Recovery factors={query.data} onCodes={setCodes} />
          </>
        )}
        <Password />
        <Sessions />
        <Tokens />
      </div>
      {codes && <RecoveryCodes codes={codes} onClose={() => setCodes(undefined)} />}
    </div>
  );
}

/** After a change of the factors: they, and what the session may now. */
function useFactorsChanged(): () => Promise<void> {
  const client = useQueryClient();
  const change = useSessionChange();
  return async () => {
    await Promise.all([client.invalidateQueries({ queryKey: factorsKey }), change()]);
  };
}

interface FactorProps {
  readonly factors: Factors;
  onCodes(codes: readonly string[]): void;
}

function Section({
  id,
  title,
  hint,
  tag,
  children,
}: {
  readonly id: string;
  readonly title: string;
  readonly hint: string;
  readonly tag?: ReactNode;
  readonly children: ReactNode;
}) {
  return (
    <section className="card" aria-labelledby={id}>
      <div className="card-head">
        <h2 id={id}>{title}</h2>
        {tag}
      </div>
      <p className="soft">{hint}</p>
      {children}
    </section>
  );
}

function Totp({ factors, onCodes }: FactorProps) {
  const { me } = useWords();
  const changed = useFactorsChanged();
  const { busy, error, act } = useActing();
  const [begun, setBegun] = useState<{ secret: string; uri: string }>();
  const [removing, setRemoving] = useState(false);
  return (
    <Section
      id="totp-title"
      title={me.totp}
      hint={me.totpHint}
      tag={
        <span className="tag" data-tone={factors.totp ? "good" : undefined}>
          {factors.totp ? me.totpOn : me.totpOff}
        </span>
      }
    >
      {error !== undefined && <Trouble error={error} />}
      {factors.totp ? (
        <Button variant="default" onClick={() => setRemoving(true)}>
          {me.totpRemove}
        </Button>
      ) : (
        <Button loading={busy} onClick={() => void act(api.beginTotp).then(setBegun)}>
          {me.totpSetUp}
        </Button>
      )}
      {begun && (
        <SetUpTotp
          begun={begun}
          onClose={() => setBegun(undefined)}
          onDone={async (codes) => {
            setBegun(undefined);
            if (codes.length > 0) onCodes(codes);
            await changed();
          }}
        />
      )}
      {removing && (
        <Confirm
          title={me.totpRemove}
          doLabel={me.remove}
          onClose={() => setRemoving(false)}
          onDo={async () => {
            await api.removeTotp();
            await changed();
          }}
        >
          {me.totpRemoveSure}
        </Confirm>
      )}
    </Section>
  );
}

function SetUpTotp({
  begun,
  onClose,
  onDone,
}: {
  readonly begun: { readonly secret: string; readonly uri: string };
  onClose(): void;
  onDone(codes: readonly string[]): Promise<void>;
}) {
  const { app, me } = useWords();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [code, setCode] = useState("");
  const confirm = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await act(() => api.confirmTotp(code.replaceAll(" ", "")));
    if (!answer) return;
    done(me.totpAdded);
    await onDone(answer.recoveryCodes);
  };
  return (
    <Modal opened onClose={onClose} title={me.totpSetUp} closeButtonProps={{ "aria-label": app.close }}>
      <form onSubmit={(event) => void confirm(event)}>
        <Stack>
          <p>{me.totpScan}</p>
          <Qr text={begun.uri} label={me.totpQr} />
          <CopyField label={me.totpType} value={begun.secret} />
          <TextInput
            label={me.totpCode}
            value={code}
            onChange={({ currentTarget }) => setCode(currentTarget.value)}
            inputMode="numeric"
            autoComplete="one-time-code"
            data-autofocus
          />
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" loading={busy} disabled={code.trim().length < 6}>
            {me.totpConfirm}
          </Button>
        </Stack>
      </form>
    </Modal>
  );
}

function Passkeys({ factors, onCodes }: FactorProps) {
  const { me } = useWords();
  const time = useSiteTime();
  const changed = useFactorsChanged();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [name, setName] = useState("");
  const [removing, setRemoving] = useState<Factors["passkeys"][number]>();
  const near = (iso: string) => time.near(new Date(iso), siteNow());
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const answer = await act(() => makePasskey(name.trim()));
    if (!answer) return;
    setName("");
    done(me.passkeyAdded);
    if (answer.recoveryCodes.length > 0) onCodes(answer.recoveryCodes);
    await changed();
  };
  return (
    <Section id="passkeys-title" title={me.passkeys} hint={me.passkeysHint}>
      {factors.passkeys.length === 0 ? (
        <p className="soft">{me.noPasskeys}</p>
      ) : (
        <ul className="list">
          {factors.passkeys.map((passkey) => (
            <li key={passkey.id}>
              <div className="list-main">
                <strong>{passkey.name}</strong>
                <small>
                  {me.created(near(passkey.createdAt))}
                  {passkey.usedAt && `, ${me.used(near(passkey.usedAt))}`}
                </small>
              </div>
              <Button
                size="compact-sm"
                variant="default"
                aria-label={me.removePasskey(passkey.name)}
                onClick={() => setRemoving(passkey)}
              >
                {me.remove}
              </Button>
            </li>
          ))}
        </ul>
      )}
      {passkeysWork() ? (
        <form onSubmit={(event) => void add(event)}>
          <Stack gap="xs">
            <TextInput
              label={me.passkeyName}
              description={me.passkeyNameHint}
              value={name}
              onChange={({ currentTarget }) => setName(currentTarget.value)}
              autoComplete="off"
            />
            {error instanceof NoPasskey && <Note title={me.passkeyAborted} />}
            {error !== undefined && !(error instanceof NoPasskey) && <Trouble error={error} />}
            <Button type="submit" variant="default" loading={busy} disabled={name.trim() === ""}>
              {me.addPasskey}
            </Button>
          </Stack>
        </form>
      ) : (
        <Empty title={me.noPasskeys}>{me.passkeyUnsupported}</Empty>
      )}
      {removing && (
        <Confirm
          title={me.removePasskey(removing.name)}
          doLabel={me.remove}
          onClose={() => setRemoving(undefined)}
          onDo={async () => {
            await api.removePasskey(removing.id);
            await changed();
          }}
        >
          {me.removePasskeySure}
        </Confirm>
      )}
    </Section>
  );
}

function Recovery({ factors, onCodes }: FactorProps) {
  const { me } = useWords();
  const changed = useFactorsChanged();
  const [asking, setAsking] = useState(false);
  const hasFactor = factors.totp || factors.passkeys.length > 0;
  return (
    <Section
      id="recovery-title"
      title={me.recovery}
      hint={me.recoveryHint}
      tag={
        <span className="tag" data-tone={factors.recoveryCodesLeft > 2 ? "good" : "warn"}>
          {me.recoveryLeft(factors.recoveryCodesLeft)}
        </span>
      }
    >
      <Button variant="default" disabled={!hasFactor} onClick={() => setAsking(true)}>
        {me.newRecovery}
      </Button>
      {asking && (
        <Confirm
          title={me.newRecovery}
          doLabel={me.newRecovery}
          onClose={() => setAsking(false)}
          onDo={async () => {
            onCodes((await api.newRecoveryCodes()).recoveryCodes);
            await changed();
          }}
        >
          {me.newRecoverySure}
        </Confirm>
      )}
    </Section>
  );
}

function RecoveryCodes({ codes, onClose }: { readonly codes: readonly string[]; onClose(): void }) {
  const { me } = useWords();
  // Shown once: nothing but the button closes it.
  return (
    <Modal
      opened
      onClose={() => {}}
      withCloseButton={false}
      closeOnEscape={false}
      closeOnClickOutside={false}
      title={me.recoveryTitle}
    >
      <Stack>
        <p>{me.recoveryOnce}</p>
        <ul className="codes">
          {codes.map((code) => (
            <li key={code}>
              <code>{code}</code>
            </li>
          ))}
        </ul>
        <Button onClick={onClose} data-autofocus>
          {me.saved}
        </Button>
      </Stack>
    </Modal>
  );
}

function Password() {
  const { me } = useWords();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [password, setPassword] = useState("");
  const save = async (event: FormEvent) => {
    event.preventDefault();
    const saved = await act(async () => {
      await api.changePassword(password);
      return true;
    });
    if (!saved) return;
    setPassword("");
    done(me.passwordChanged);
  };
  return (
    <Section id="password-title" title={me.password} hint={me.passwordHint}>
      <form onSubmit={(event) => void save(event)}>
        <Stack gap="xs">
          <PasswordInput
            label={me.newPassword}
            value={password}
            onChange={({ currentTarget }) => setPassword(currentTarget.value)}
            autoComplete="new-password"
          />
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" variant="default" loading={busy} disabled={password.length < 8}>
            {me.changePassword}
          </Button>
        </Stack>
      </form>
    </Section>
  );
}

function Sessions() {
  const { me } = useWords();
  const client = useQueryClient();
  const done = useDone();
  const withFresh = useFresh();
  const sayTrouble = useSayTrouble();
  const query = useQuery({ queryKey: ["me", "sessions"], queryFn: api.mySessions });
  const end = async (ending: () => Promise<unknown>, said?: string) => {
    try {
      await withFresh(ending);
      await client.invalidateQueries({ queryKey: ["me", "sessions"] });
      if (said) done(said);
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <section className="card" aria-labelledby="sessions-title">
      <h2 id="sessions-title">{me.sessions}</h2>
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      <SessionList
        sessions={query.data ?? []}
        onEnd={({ id }: OpenSession) => void end(() => api.endSession(id))}
      />
      {(query.data?.length ?? 0) > 1 && (
        <Button variant="default" onClick={() => void end(api.endOtherSessions, me.othersEnded)}>
          {me.endOthers}
        </Button>
      )}
    </section>
  );
}

const tokenScopes = {
  read: ["status.read", "doors.read", "areas.read", "journal.read", "events.door", "events.access"],
  unlock: ["status.read", "doors.read", "areas.read", "journal.read", "events.door", "door.unlock"],
  all: undefined,
} as const;
type TokenScope = keyof typeof tokenScopes;

function Tokens() {
  const { app, me } = useWords();
  const time = useSiteTime();
  const session = useSession();
  const client = useQueryClient();
  const { busy, error, act } = useActing();
  const query = useQuery({ queryKey: ["me", "tokens"], queryFn: api.tokens });
  const [name, setName] = useState("");
  const [days, setDays] = useState<number | string>(90);
  const [scope, setScope] = useState<TokenScope>("read");
  const [made, setMade] = useState<string>();
  const [removing, setRemoving] = useState<{ id: string; name: string }>();
  const add = async (event: FormEvent) => {
    event.preventDefault();
    const scopes = tokenScopes[scope]?.filter((each) => session.permissions.includes(each));
    const answer = await act(() =>
      api.addToken({ name: name.trim(), days: Number(days), ...(scopes ? { scopes } : {}) }),
    );
    if (!answer) return;
    setName("");
    setMade(answer.token);
    await client.invalidateQueries({ queryKey: ["me", "tokens"] });
  };
  return (
    <Section id="tokens-title" title={me.tokens} hint={me.tokensHint}>
      {query.isError && <Trouble error={query.error} onRetry={() => void query.refetch()} />}
      {query.data?.length === 0 && <p className="soft">{me.noTokens}</p>}
      <ul className="list">
        {query.data?.map((token) => (
          <li key={token.id}>
            <div className="list-main">
              <strong>{token.name}</strong>
              <small>{token.expiresAt && me.expires(time.date(new Date(token.expiresAt)))}</small>
            </div>
            <Button
              size="compact-sm"
              variant="default"
              aria-label={me.removeToken(token.name)}
              onClick={() => setRemoving(token)}
            >
              {me.withdraw}
            </Button>
          </li>
        ))}
      </ul>
      <form onSubmit={(event) => void add(event)}>
        <Stack gap="xs">
          <TextInput
            label={me.tokenName}
            value={name}
            onChange={({ currentTarget }) => setName(currentTarget.value)}
            autoComplete="off"
          />
          <NativeSelect
            label={me.tokenScope}
            value={scope}
            onChange={({ currentTarget }) => setScope(currentTarget.value as TokenScope)}
            data={(Object.keys(tokenScopes) as TokenScope[]).map((each) => ({
              value: each,
              label: me.tokenScopes[each],
            }))}
          />
          <NumberInput
            label={me.tokenDays}
            value={days}
            onChange={setDays}
            min={1}
            max={365}
            allowDecimal={false}
            hideControls
          />
          {error !== undefined && <Trouble error={error} />}
          <Button
            type="submit"
            variant="default"
            loading={busy}
            disabled={name.trim() === "" || !Number(days)}
          >
            {me.addToken}
          </Button>
        </Stack>
      </form>
      {made !== undefined && (
        <Modal
          opened
          onClose={() => setMade(undefined)}
          title={me.tokenReady}
          closeButtonProps={{ "aria-label": app.close }}
        >
          <Stack>
            <CopyField label={me.tokenReady} value={made} />
            <p>{me.tokenOnce}</p>
            <Button onClick={() => setMade(undefined)}>{app.close}</Button>
          </Stack>
        </Modal>
      )}
      {removing && (
        <Confirm
          title={me.removeToken(removing.name)}
          doLabel={me.withdraw}
          onClose={() => setRemoving(undefined)}
          onDo={async () => {
            await api.removeToken(removing.id);
            await client.invalidateQueries({ queryKey: ["me", "tokens"] });
          }}
        >
          {me.removeTokenSure}
        </Confirm>
      )}
    </Section>
  );
}
