import { MantineProvider } from "@mantine/core";
import { Notifications } from "@mantine/notifications";
import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { Route, Switch } from "wouter";
import { Refused, type Session } from "./api.js";
import { FreshSignIn } from "./fresh.js";
import { LivePage } from "./pages/live.js";
import { NothingHere, PageBoundary, Trouble, Waiting } from "./parts/states.js";
import { type Ended, SignedIn, useSessionChange, useSessionQuery } from "./session.js";
import { Shell } from "./shell.js";
import { theme } from "./theme.js";
import { Speaking } from "./words/words.js";

const SignInPage = lazy(() =>
  import("./pages/sign-in.js").then(({ SignInPage }) => ({ default: SignInPage })),
);
const DoorsPage = lazy(() => import("./pages/doors.js").then(({ DoorsPage }) => ({ default: DoorsPage })));
const AlarmsPage = lazy(() =>
  import("./pages/alarms.js").then(({ AlarmsPage }) => ({ default: AlarmsPage })),
);
const AccessPage = lazy(() =>
  import("./pages/access.js").then(({ AccessPage }) => ({ default: AccessPage })),
);
const InsidePage = lazy(() =>
  import("./pages/inside.js").then(({ InsidePage }) => ({ default: InsidePage })),
);
const EmergencyPage = lazy(() =>
  import("./pages/emergency.js").then(({ EmergencyPage }) => ({ default: EmergencyPage })),
);
const LogPage = lazy(() => import("./pages/log.js").then(({ LogPage }) => ({ default: LogPage })));
const EventPage = lazy(() => import("./pages/event.js").then(({ EventPage }) => ({ default: EventPage })));
const PeoplePage = lazy(() =>
  import("./pages/people.js").then(({ PeoplePage }) => ({ default: PeoplePage })),
);
const PeopleImportPage = lazy(() =>
  import("./pages/people-import.js").then(({ PeopleImportPage }) => ({ default: PeopleImportPage })),
);
const PersonPage = lazy(() =>
  import("./pages/person.js").then(({ PersonPage }) => ({ default: PersonPage })),
);
const VisitorsPage = lazy(() =>
  import("./pages/visitors.js").then(({ VisitorsPage }) => ({ default: VisitorsPage })),
);
const LeaversPage = lazy(() =>
  import("./pages/leavers.js").then(({ LeaversPage }) => ({ default: LeaversPage })),
);
const AccountsPage = lazy(() =>
  import("./pages/accounts.js").then(({ AccountsPage }) => ({ default: AccountsPage })),
);
const MePage = lazy(() => import("./pages/me.js").then(({ MePage }) => ({ default: MePage })));
const AboutPage = lazy(() => import("./pages/about.js").then(({ AboutPage }) => ({ default: AboutPage })));
const HelpPage = lazy(() => import("./pages/help.js").then(({ HelpPage }) => ({ default: HelpPage })));

const client = new QueryClient({
  defaultOptions: {
    queries: {
      staleTime: 10_000,
      // A refusal is an answer; only silence is asked again.
      retry: (failures, error) => !(error instanceof Refused) && failures < 2,
      refetchOnWindowFocus: false,
    },
    mutations: { retry: false, networkMode: "always" },
  },
});

export function App() {
  return (
    <MantineProvider
      theme={theme}
      defaultColorScheme="auto"
      withCssVariables={false}
      withGlobalClasses={false}
    >
      <Speaking>
        <QueryClientProvider client={client}>
          <Notifications position="bottom-left" autoClose={8_000} />
          <Suspense fallback={<Waiting />}>
            <Gate />
          </Suspense>
        </QueryClientProvider>
      </Speaking>
    </MantineProvider>
  );
}

/** Signed in, or before the door. */
function Gate() {
  const query = useSessionQuery();
  const change = useSessionChange();
  const [ended, setEnded] = useState<Ended>();
  if (query.isPending) return <Waiting />;
  if (query.isError) return <Trouble error={query.error} onRetry={() => void query.refetch()} page />;
  const session = query.data;
  if (!session.signedIn) {
    return (
      <SignInPage
        session={session}
        ended={ended}
        onSignedIn={(now: Session) => {
          setEnded(undefined);
          void change(now);
        }}
      />
    );
  }
  const leave = (why: Ended) => {
    setEnded(why);
    void change({ ...session, signedIn: false, account: null, permissions: [] });
  };
  return (
    <SignedIn session={session} onEnd={() => leave("ended")}>
      <FreshSignIn>
        <Shell onSignedOut={() => leave("signed-out")}>
          <House />
        </Shell>
      </FreshSignIn>
    </SignedIn>
  );
}

/** A page is a file and a line here. */
function House() {
  return (
    <PageBoundary>
      <Suspense fallback={<Waiting />}>
        <Switch>
          <Route path="/" component={LivePage} />
          <Route path="/alarms/:tab?/:id?">{({ tab, id }) => <AlarmsPage tab={tab} chosen={id} />}</Route>
          <Route path="/doors/:id?">{({ id }) => <DoorsPage chosen={id} />}</Route>
          <Route path="/access/:tab?/:id?">{({ tab, id }) => <AccessPage tab={tab} chosen={id} />}</Route>
          <Route path="/inside">
            <InsidePage />
          </Route>
          <Route path="/emergency">
            <EmergencyPage />
          </Route>
          <Route path="/events">
            <LogPage />
          </Route>
          <Route path="/events/:id">{({ id }) => <EventPage key={id} id={id} />}</Route>
          <Route path="/people">
            <PeoplePage />
          </Route>
          <Route path="/import/people">
            <PeopleImportPage />
          </Route>
          <Route path="/visitors">
            <VisitorsPage />
          </Route>
          <Route path="/leavers">
            <LeaversPage />
          </Route>
          <Route path="/people/:id">{({ id }) => <PersonPage key={id} id={id} />}</Route>
          <Route path="/accounts">
            <AccountsPage />
          </Route>
          <Route path="/me">
            <MePage />
          </Route>
          <Route path="/about">
            <AboutPage />
          </Route>
          <Route path="/help/:page?">{({ page }) => <HelpPage page={page} />}</Route>
          <Route>
            <NothingHere />
          </Route>
        </Switch>
      </Suspense>
    </PageBoundary>
  );
}
