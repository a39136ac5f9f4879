import { Button, Modal, PasswordInput, Stack, TextInput } from "@mantine/core";
import {
  createContext,
  type FormEvent,
  type ReactNode,
  useCallback,
  useContext,
  useRef,
  useState,
} from "react";
import { api, type FreshProof, Refused } from "./api.js";
import { Trouble } from "./parts/states.js";
import { useSession, useSessionChange } from "./session.js";
import { useWords } from "./words/words.js";

type WithFresh = <T>(work: () => Promise<T>) => Promise<T>;

const FreshContext = createContext<WithFresh>((work) => work());

/** Runs something; if the gateway wants a fresh sign-in for it, asks for one and runs it again. */
export const useFresh = (): WithFresh => useContext(FreshContext);

export function FreshSignIn({ children }: { readonly children: ReactNode }) {
  const [asking, setAsking] = useState(false);
  const answered = useRef<((isFresh: boolean) => void) | undefined>(undefined);
  const withFresh = useCallback<WithFresh>(async (work) => {
    try {
      return await work();
    } catch (error) {
      if (!(error instanceof Refused && error.code === "fresh-sign-in-needed")) throw error;
      const isFresh = await new Promise<boolean>((answer) => {
        answered.current = answer;
        setAsking(true);
      });
      if (!isFresh) throw error;
      return work();
    }
  }, []);
  const answer = (isFresh: boolean) => {
    setAsking(false);
    answered.current?.(isFresh);
  };
  return (
    <FreshContext value={withFresh}>
      {children}
      {asking && <AskFresh onAnswer={answer} />}
    </FreshContext>
  );
}

function AskFresh({ onAnswer }: { onAnswer(isFresh: boolean): void }) {
  const { app, signIn } = useWords();
  const session = useSession();
  const change = useSessionChange();
  const [password, setPassword] = useState("");
  const [code, setCode] = useState("");
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const hasCode = session.secondFactor === "totp" || session.secondFactor === "both";
  const hasPasskey = session.secondFactor === "passkey" || session.secondFactor === "both";

  const prove = async (proof: () => Promise<FreshProof>) => {
    setBusy(true);
    setError(undefined);
    try {
      await api.freshen(await proof());
      void change();
      onAnswer(true);
    } catch (problem) {
      setError(problem);
    } finally {
      setBusy(false);
    }
  };
  const submit = (event: FormEvent) => {
    event.preventDefault();
    void prove(async () => ({ ...(password ? { password } : {}), ...(code ? { code } : {}) }));
  };
  return (
    <Modal
      opened
      onClose={() => onAnswer(false)}
      title={signIn.fresh}
      closeButtonProps={{ "aria-label": app.close }}
    >
      <form onSubmit={submit}>
        <Stack>
          <p>{signIn.freshLead}</p>
          <PasswordInput
            label={signIn.password}
            value={password}
            onChange={(event) => setPassword(event.currentTarget.value)}
            autoComplete="current-password"
            data-autofocus
          />
          {hasCode && (
            <TextInput
              label={signIn.code}
              description={signIn.codeHint}
              value={code}
              onChange={(event) => setCode(event.currentTarget.value)}
              autoComplete="one-time-code"
            />
          )}
          {error !== undefined && <Trouble error={error} />}
          <Button type="submit" loading={busy}>
            {signIn.freshDo}
          </Button>
          {hasPasskey && (
            <Button
              variant="default"
              onClick={() =>
                void prove(async () =>
                  (await import("./passkeys.js")).proveByPasskey(session.account ?? undefined),
                )
              }
            >
              {signIn.doPasskey}
            </Button>
          )}
        </Stack>
      </form>
    </Modal>
  );
}
