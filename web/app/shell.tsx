import { ActionIcon, Button, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import {
  IconActivity,
  IconBell,
  IconBook2,
  IconBuildingCommunity,
  IconCalendarCheck,
  IconDoor,
  IconDots,
  IconHelp,
  IconInfoCircle,
  IconKey,
  IconLogout,
  IconSettings,
  IconUserCircle,
  IconUsers,
} from "@tabler/icons-react";
import { type ReactNode, useEffect, useRef, useState } from "react";
import { Link, useLocation } from "wouter";
import { api } from "./api.js";
import icon from "./icon.svg";
import { isException } from "./parts/door-words.js";
import { SecurityButton, Strip } from "./parts/strip.js";
import { useLivePart, useLiveStore, useMay, useSession } from "./session.js";
import { siteNow, useSecond, useSiteTime } from "./time.js";
import { type Language, languages, useSpoken, useWords } from "./words/words.js";

/** What stands around every page: where one is, whether it is live, who one is. */
export function Shell({ children, onSignedOut }: { readonly children: ReactNode; onSignedOut(): void }) {
  const words = useWords();
  const stale = useLivePart(({ link }) => link.is === "stale");
  const main = useRef<HTMLElement>(null);
  const [path] = useLocation();
  const firstPath = useRef(path);
  useTitle(path);
  // A new page begins at its top, for the eye and for the keyboard; the first one leaves the focus to the browser.
  useEffect(() => {
    if (firstPath.current === path) return;
    firstPath.current = "";
    window.scrollTo(0, 0);
    main.current?.focus({ preventScroll: true });
  }, [path]);
  return (
    <div className="house" data-stale={stale}>
      <a className="skip" href="#content">
        {words.app.skip}
      </a>
      <Header onSignedOut={onSignedOut} />
      <div className="on-top">
        <StaleBanner />
        <Strip />
      </div>
      <EnrolBanner path={path} />
      <Navigation path={path} />
      <main id="content" ref={main} tabIndex={-1} className="page">
        {children}
      </main>
      <Alarm />
    </div>
  );
}

function Header({ onSignedOut }: { onSignedOut(): void }) {
  const words = useWords();
  const session = useSession();
  const site = useLivePart(({ site }) => site?.name) ?? session.site?.name ?? words.app.name;
  const store = useLiveStore();
  const signOut = async () => {
    // Else the feed tells of the end first, as if it were somebody else's doing.
    store.stop();
    await api.signOut().catch(() => {});
    onSignedOut();
  };
  return (
    <header className="header">
      <p className="site-name">
        <img src={icon} alt="" width="26" height="26" /> <span>{site}</span>
      </p>
      <SecurityButton />
      <Clock />
      <LinkState />
      <div className="who">
        <Link href="/me" className="who-name">
          <IconUserCircle size={20} aria-hidden />
          <span>
            {session.name ?? session.account}
            <small>{session.role}</small>
          </span>
        </Link>
        <Settings />
        <ActionIcon
          variant="default"
          size="lg"
          aria-label={words.app.signOut}
          title={words.app.signOut}
          onClick={() => void signOut()}
        >
          <IconLogout size={18} aria-hidden />
        </ActionIcon>
      </div>
    </header>
  );
}

function Clock() {
  const words = useWords();
  const time = useSiteTime();
  const now = useSecond();
  return (
    <p className="clock" title={words.time.zone(time.zone)}>
      <time dateTime={now.toISOString()}>{time.time(now)}</time>{" "}
      <span className="clock-zone">{time.zone}</span>
    </p>
  );
}

function LinkState() {
  const words = useWords();
  const link = useLivePart((state) => state.link.is);
  const said = { connecting: words.link.connecting, up: words.link.up, stale: words.link.down }[link];
  return (
    <p className="link-state" data-link={link} role="status">
      {said}
    </p>
  );
}

function StaleBanner() {
  const words = useWords();
  const time = useSiteTime();
  const link = useLivePart((state) => state.link);
  if (link.is !== "stale") return null;
  return (
    <p className="stale-banner" role="alert">
      <strong>{words.link.stale(time.minute(link.since))}</strong> {words.link.staleHint}
    </p>
  );
}

/** Whoever changes who may enter should not do so by a password alone. */
function EnrolBanner({ path }: { readonly path: string }) {
  const { me } = useWords();
  const time = useSiteTime();
  const { mustEnrol, enrolBy } = useSession();
  if (!mustEnrol || path === "/me") return null;
  const due = enrolBy === null ? undefined : new Date(enrolBy);
  return (
    <aside className="enrol-banner" aria-label={me.mustEnrol}>
      {due && due > siteNow() ? me.enrolBy(time.near(due, siteNow())) : me.enrol}{" "}
      <Link href="/me">{me.enrolDo}</Link>
    </aside>
  );
}

function Settings() {
  const { words, language, speak } = useSpoken();
  // Without its own style tag, which the policy would refuse.
  const { colorScheme, setColorScheme } = useMantineColorScheme({ keepTransitions: true });
  const schemes = [
    ["auto", words.app.system],
    ["light", words.app.light],
    ["dark", words.app.dark],
  ] as const;
  return (
    <Menu position="bottom-end" width={220} transitionProps={{ duration: 0 }}>
      <Menu.Target>
        <ActionIcon variant="default" size="lg" aria-label={words.app.settings} title={words.app.settings}>
          <IconSettings size={18} aria-hidden />
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown aria-label={words.app.settings}>
        <Menu.Label>{words.app.appearance}</Menu.Label>
        <Menu.RadioGroup value={colorScheme} onChange={(next) => setColorScheme(next as MantineColorScheme)}>
          {schemes.map(([scheme, name]) => (
            <Menu.RadioItem key={scheme} value={scheme} closeMenuOnClick>
              {name}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
        <Menu.Label>{words.app.language}</Menu.Label>
        <Menu.RadioGroup value={language} onChange={(next) => speak(next as Language)}>
          {(Object.keys(languages) as Language[]).map((each) => (
            <Menu.RadioItem key={each} value={each} lang={each} closeMenuOnClick>
              {languages[each]}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}

const thumbLinks = 5;

function Navigation({ path }: { readonly path: string }) {
  const { app, pages } = useWords();
  const may = useMay();
  const alarms = useLivePart((state) => state.incidents.length);
  const all = [
    { href: "/", name: pages.live, icon: IconActivity, shown: true },
    {
      href: "/alarms",
      name: pages.alarms,
      icon: IconBell,
      shown: may("incidents.read") || may("partitions.read"),
      mark: alarms,
    },
    { href: "/doors", name: pages.doors, icon: IconDoor, shown: may("doors.read") },
    { href: "/inside", name: pages.inside, icon: IconBuildingCommunity, shown: may("muster.read") },
    { href: "/events", name: pages.log, icon: IconBook2, shown: may("journal.read") },
    { href: "/people", name: pages.people, icon: IconUsers, shown: may("people.read") },
    { href: "/access", name: pages.access, icon: IconCalendarCheck, shown: may("site.read") },
    { href: "/accounts", name: pages.accounts, icon: IconKey, shown: may("accounts.read") },
    { href: "/about", name: pages.about, icon: IconInfoCircle, shown: may("status.read") },
    { href: "/help", name: pages.help, icon: IconHelp, shown: true },
  ];
  const isHere = (href: string) => (href === "/" ? path === "/" : path.startsWith(href));
  const mine = all.filter(({ shown }) => shown);
  // On a phone as many as a thumb can tell apart; the others are behind one more.
  const folds = mine.length > thumbLinks;
  const [openOn, setOpenOn] = useState<string>();
  const open = openOn === path;
  return (
    <nav className="navigation" aria-label={app.menu} data-folds={folds} data-open={open}>
      {mine.map(({ href, name, icon: Icon, mark = 0 }, n) => (
        <Button
          key={href}
          component={Link}
          href={href}
          variant="subtle"
          className="navigation-link"
          data-behind={folds && n >= thumbLinks - 1}
          aria-current={isHere(href) ? "page" : undefined}
          leftSection={<Icon size={20} aria-hidden />}
          onClick={() => setOpenOn(undefined)}
        >
          {name}
          {mark > 0 && (
            <span className="count-mark" aria-hidden>
              {mark}
            </span>
          )}
        </Button>
      ))}
      {folds && (
        <Button
          variant="subtle"
          className="navigation-link navigation-more"
          aria-expanded={open}
          leftSection={<IconDots size={20} aria-hidden />}
          onClick={() => setOpenOn(open ? undefined : path)}
        >
          {pages.more}
        </Button>
      )}
    </nav>
  );
}

/** Only what cannot wait is read out by itself; the rest would drown it. */
function Alarm() {
  const { live } = useWords();
  const alarm = useLivePart((state) => state.alarm);
  return (
    <p className="only-heard" role="alert">
      {alarm && `${live.alarm}: ${alarm.sentence}`}
    </p>
  );
}

function useTitle(path: string): void {
  const { app, pages } = useWords();
  const site = useLivePart((state) => state.site?.name);
  const exceptions = useLivePart(({ doors, incidents }) => {
    let n = incidents.length;
    for (const door of doors.values()) if (isException(door)) n += 1;
    return n;
  });
  const names: Readonly<Record<string, string>> = {
    alarms: pages.alarms,
    doors: pages.doors,
    inside: pages.inside,
    access: pages.access,
    emergency: pages.emergency,
    events: pages.log,
    people: pages.people,
    accounts: pages.accounts,
    about: pages.about,
    help: pages.help,
    me: pages.me,
  };
  const page = names[path.split("/")[1] ?? ""] ?? pages.live;
  useEffect(() => {
    document.title = `${exceptions > 0 ? `(${exceptions}) ` : ""}${page} · ${site ?? app.name}`;
  }, [exceptions, page, site, app.name]);
}
