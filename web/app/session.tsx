import { useQuery, useQueryClient } from "@tanstack/react-query";
import {
  createContext,
  type ReactNode,
  useContext,
  useEffect,
  useMemo,
  useState,
  useSyncExternalStore,
} from "react";
import { api, type Session } from "./api.js";
import { type LiveState, LiveStore } from "./live-store.js";
import { ZoneContext } from "./time.js";

const sessionKey = ["session"] as const;

/** Why somebody finds the sign-in page before them. */
export type Ended = "signed-out" | "ended";

export function useSessionQuery() {
  return useQuery({ queryKey: sessionKey, queryFn: api.session, staleTime: 60_000, retry: 1 });
}

/** Tells all pages who is signed in now; without an argument they ask anew. */
export function useSessionChange(): (session?: Session) => Promise<void> {
  const client = useQueryClient();
  return useMemo(
    () => async (session) => {
      if (!session) return client.invalidateQueries({ queryKey: sessionKey });
      // What the last account could read is not for the next one.
      client.removeQueries({ predicate: ({ queryKey }) => queryKey[0] !== sessionKey[0] });
      client.setQueryData(sessionKey, session);
    },
    [client],
  );
}

const SessionContext = createContext<Session | undefined>(undefined);
const LiveContext = createContext<LiveStore | undefined>(undefined);

export function useSession(): Session {
  const session = useContext(SessionContext);
  if (!session) throw new Error("useSession: outside of the signed-in house");
  return session;
}

/** What the page draws by; the gateway checks again where it is done. */
export function useMay(): (permission: string) => boolean {
  const { permissions } = useSession();
  return (permission) => permissions.includes(permission);
}

export function useLiveStore(): LiveStore {
  const store = useContext(LiveContext);
  if (!store) throw new Error("useLiveStore: outside of the signed-in house");
  return store;
}

export function useLive(): LiveState {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, store.state);
}

/** One part of the live state: draws anew only when that part is another. */
export function useLivePart<T>(part: (state: LiveState) => T): T {
  const store = useLiveStore();
  return useSyncExternalStore(store.subscribe, () => part(store.state()));
}

/** The house of one account: its session, its live feed, the site's time zone. */
export function SignedIn({
  session,
  children,
  onEnd,
}: {
  readonly session: Session;
  readonly children: ReactNode;
  onEnd(): void;
}) {
  const change = useSessionChange();
  const mayReadEvents = session.permissions.includes("journal.read");
  const { account } = session;
  const [store, setStore] = useState<LiveStore>();
  // biome-ignore lint/correctness/useExhaustiveDependencies: another account is another feed
  useEffect(() => {
    const made = new LiveStore({ signedOut: onEnd, accountChanged: () => void change() }, mayReadEvents);
    made.start();
    setStore(made);
    return () => made.stop();
  }, [account, mayReadEvents, change]);
  if (!store) return null;
  return (
    <SessionContext value={session}>
      <LiveContext value={store}>
        <Zoned fallback={session.site?.timeZone ?? "UTC"}>{children}</Zoned>
      </LiveContext>
    </SessionContext>
  );
}

function Zoned({ fallback, children }: { readonly fallback: string; readonly children: ReactNode }) {
  const zone = useLivePart(({ site }) => site?.timeZone) ?? fallback;
  return <ZoneContext value={zone}>{children}</ZoneContext>;
}
