import { Alert, Button, PasswordInput, SegmentedControl, Stack, TextInput } from "@mantine/core";
import { type FormEvent, useEffect, useState } from "react";
import { api, Refused, type SecondFactor, type Session, type SignIn } from "../api.js";
import icon from "../icon.svg";
import { Trouble } from "../parts/states.js";
import type { Ended } from "../session.js";
import { useWords } from "../words/words.js";

type Way = "password" | "passkey" | "claim" | "invite";

/** What a printed or handed-over address brings along. A fragment is never sent anywhere, and leaves no trace here. */
function broughtAlong(): { readonly claim?: string; readonly invite?: string } {
  const brought = new URLSearchParams(location.hash.slice(1));
  const claim = brought.get("claim");
  const invite = brought.get("invite");
  if (claim || invite) history.replaceState(null, "", "/");
  return { ...(claim ? { claim } : {}), ...(invite ? { invite } : {}) };
}

/** Read once: drawing twice must not lose it. */
let brought: ReturnType<typeof broughtAlong> | undefined;

export function SignInPage({
  session,
  ended,
  onSignedIn,
}: {
  readonly session: Session;
  readonly ended: Ended | undefined;
  onSignedIn(session: Session): void;
}) {
  brought ??= broughtAlong();
  const { app, signIn: words } = useWords();
  const [way, setWay] = useState<Way>(
    brought.invite ? "invite" : brought.claim || session.ownerless ? "claim" : "password",
  );
  const [claim, setClaim] = useState(brought.claim ?? "");
  const [invite, setInvite] = useState(brought.invite ?? "");
  const [account, setAccount] = useState(way === "claim" ? "owner" : "");
  const [name, setName] = useState("");
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  /** Asked for once the password was right. */
  const [second, setSecond] = useState<readonly SecondFactor[]>();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();

  useEffect(() => {
    document.title = `${words.title} · ${app.name}`;
  }, [words.title, app.name]);

  const enter = async (signingIn: () => Promise<Session>) => {
    setBusy(true);
    setError(undefined);
    try {
      const now = await signingIn();
      brought = {};
      onSignedIn(now);
    } catch (problem) {
      if (problem instanceof Refused && problem.code === "second-factor-needed" && !second) {
        setSecond(problem.methods);
      } else {
        setError(problem);
      }
    } finally {
      setBusy(false);
    }
  };
  const byPasskey = () =>
    void enter(async () => {
      const { proveByPasskey } = await import("../passkeys.js");
      return api.signIn(await proveByPasskey(account.trim() || undefined));
    });
  const submit = (event: FormEvent) => {
    event.preventDefault();
    if (way === "passkey") {
      byPasskey();
      return;
    }
    const choice = password ? { password } : {};
    const given: Record<Exclude<Way, "passkey">, () => Promise<Session>> = {
      password: () =>
        api.signIn({ account: account.trim(), password, ...(code ? { code: code.trim() } : {}) }),
      claim: () =>
        api.signIn({
          claim: claim.trim(),
          ...choice,
          ...(account.trim() ? { account: account.trim() } : {}),
        } as SignIn),
      invite: () =>
        api.acceptInvite({ secret: invite.trim(), password, ...(name.trim() ? { name: name.trim() } : {}) }),
    };
    void enter(given[way]);
  };
  const choose = (next: Way) => {
    setWay(next);
    setError(undefined);
    if (next === "claim" && account === "") setAccount("owner");
  };

  const ways: { value: Way; label: string }[] = [
    { value: "password", label: words.byPassword },
    { value: "passkey", label: words.byPasskey },
    { value: "claim", label: words.byClaim },
    ...(way === "invite" ? [{ value: "invite" as const, label: words.invite }] : []),
  ];
  const lead =
    ended === "ended"
      ? words.ended
      : ended === "signed-out"
        ? words.signedOut
        : way === "invite"
          ? words.inviteLead
          : session.ownerless
            ? words.claimLead
            : words.lead;
  const doLabel = {
    password: words.do,
    passkey: words.doPasskey,
    claim: words.doClaim,
    invite: words.doInvite,
  }[way];
  return (
    <main className="sign-in">
      <form className="sign-in-card" onSubmit={submit} noValidate>
        <Stack>
          <h1>
            <img src={icon} alt="" width="30" height="30" /> {app.name}
          </h1>
          {second ? (
            <SecondStep
              methods={second}
              code={code}
              onCode={setCode}
              onPasskey={byPasskey}
              onAgain={() => {
                setSecond(undefined);
                setCode("");
                setError(undefined);
              }}
            />
          ) : (
            <>
              <p>{lead}</p>
              <SegmentedControl
                fullWidth
                value={way}
                onChange={choose}
                data={ways}
                aria-label={words.ways}
                transitionDuration={0}
              />
              {way === "claim" && (
                <TextInput
                  label={words.claim}
                  description={words.claimHint}
                  value={claim}
                  onChange={({ currentTarget }) => setClaim(currentTarget.value)}
                  autoComplete="one-time-code"
                  autoCapitalize="characters"
                  spellCheck={false}
                  classNames={{ input: "secret" }}
                  autoFocus={claim === ""}
                />
              )}
              {way === "invite" ? (
                <>
                  <TextInput
                    label={words.invite}
                    description={words.inviteHint}
                    value={invite}
                    onChange={({ currentTarget }) => setInvite(currentTarget.value)}
                    spellCheck={false}
                    classNames={{ input: "secret" }}
                  />
                  <TextInput
                    label={words.name}
                    value={name}
                    onChange={({ currentTarget }) => setName(currentTarget.value)}
                    autoComplete="name"
                  />
                </>
              ) : (
                <TextInput
                  label={words.account}
                  value={account}
                  onChange={({ currentTarget }) => setAccount(currentTarget.value)}
                  autoComplete="username"
                  autoCapitalize="none"
                  spellCheck={false}
                  autoFocus={way === "password"}
                />
              )}
              {way === "passkey" && <p className="soft">{words.passkeyHint}</p>}
              {way !== "passkey" && (
                <PasswordInput
                  label={way === "password" ? words.password : words.newPassword}
                  description={
                    way === "claim"
                      ? words.optionalPassword
                      : way === "invite"
                        ? words.newPasswordHint
                        : undefined
                  }
                  value={password}
                  onChange={({ currentTarget }) => setPassword(currentTarget.value)}
                  autoComplete={way === "password" ? "current-password" : "new-password"}
                />
              )}
            </>
          )}
          {error !== undefined && <SignInTrouble error={error} />}
          <Button type="submit" size="md" loading={busy} autoFocus={brought.claim !== undefined}>
            {second ? words.do : doLabel}
          </Button>
        </Stack>
      </form>
    </main>
  );
}

function SecondStep({
  methods,
  code,
  onCode,
  onPasskey,
  onAgain,
}: {
  readonly methods: readonly SecondFactor[];
  readonly code: string;
  onCode(code: string): void;
  onPasskey(): void;
  onAgain(): void;
}) {
  const { signIn: words } = useWords();
  const hasCode = methods.length === 0 || methods.includes("totp") || methods.includes("recovery");
  return (
    <>
      <div>
        <h2>{words.second}</h2>
        <p>{words.secondLead}</p>
      </div>
      {methods.includes("passkey") && (
        <Button variant="default" onClick={onPasskey}>
          {words.doPasskey}
        </Button>
      )}
      {hasCode && (
        <TextInput
          label={words.code}
          description={words.codeHint}
          value={code}
          onChange={({ currentTarget }) => onCode(currentTarget.value)}
          autoComplete="one-time-code"
          spellCheck={false}
          autoFocus
        />
      )}
      <Button variant="subtle" onClick={onAgain}>
        {words.again}
      </Button>
    </>
  );
}

/** The gateway's own words say it best here: what was wrong, without saying which of the two. */
function SignInTrouble({ error }: { readonly error: unknown }) {
  const { me } = useWords();
  if (error instanceof Error && error.constructor.name === "NoPasskey") {
    return (
      <Alert color="red" role="alert">
        {me.passkeyAborted}
      </Alert>
    );
  }
  return <Trouble error={error} />;
}
