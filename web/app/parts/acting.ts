import { notifications } from "@mantine/notifications";
import { useCallback, useState } from "react";
import { useFresh } from "../fresh.js";
import { useWords } from "../words/words.js";
import { useTold } from "./states.js";

interface Acting {
  readonly busy: boolean;
  readonly error: unknown;
  /** Runs it once at a time; undefined: it was refused, and `error` says why. Asks for a fresh sign-in where that is needed. */
  act<T>(work: () => Promise<T>): Promise<T | undefined>;
  forget(): void;
}

/** Something that is asked of the gateway, with its waiting and its refusal. */
export function useActing(): Acting {
  const withFresh = useFresh();
  const [busy, setBusy] = useState(false);
  const [error, setError] = useState<unknown>();
  const act = useCallback(
    async <T>(work: () => Promise<T>): Promise<T | undefined> => {
      setBusy(true);
      setError(undefined);
      try {
        return await withFresh(work);
      } catch (problem) {
        setError(problem);
        return undefined;
      } finally {
        setBusy(false);
      }
    },
    [withFresh],
  );
  return { busy, error, act, forget: useCallback(() => setError(undefined), []) };
}

/** For acts of a single press, where no form stands to show the refusal in. */
export function useSayTrouble(): (error: unknown) => void {
  const told = useTold();
  const { app } = useWords();
  return (error) => {
    const { title, hint } = told(error);
    notifications.show({
      title,
      message: hint,
      color: "red",
      autoClose: 12_000,
      closeButtonProps: { "aria-label": app.close },
    });
  };
}
