// @ts-check
import { ask, Refused } from "./api.js";
import { byId, say } from "./dom.js";
import { Doors } from "./doors.js";
import { Events } from "./events.js";
import { Feed } from "./feed.js";
import { capital, minuteOfDay, timeOfDay, useZone, zoneName } from "./words.js";

const doors = new Doors();
const events = new Events();
/** @type {Feed | undefined} */
let feed;
/** The gateway's clock minus this browser's, in milliseconds. */
let ahead = 0;
let siteName = "Gatewarden";
let mayReadEvents = false;
const now = () => new Date(Date.now() + ahead);

// ------------------------------------------------------------------------------------------------------------ signing in

/** @param {{ firstRun?: boolean }} session @param {string} [lead] */
function showSignIn(session, lead) {
  feed?.close();
  feed = undefined;
  byId("house").hidden = true;
  byId("sign-in").hidden = false;
  document.title = "Sign in · Gatewarden";
  // `#claim=…` is how the printed address brings the secret along; a fragment is never sent anywhere, and leaves no trace here.
  const printed = new URLSearchParams(location.hash.slice(1)).get("claim");
  if (printed) {
    byId("claim").value = printed;
    history.replaceState(null, "", location.pathname);
  }
  chooseWay(printed || session.firstRun ? "claim" : "password");
  say(
    byId("sign-in-lead"),
    lead ??
      (session.firstRun
        ? "This gateway has no owner yet. Whoever has its one-time secret becomes owner."
        : "Sign in to see the doors."),
  );
  const first = [byId("claim"), byId("account"), byId("password")].find(
    (field) => isShown(field) && field.value === "",
  );
  (printed ? byId("sign-in-form").querySelector("button") : first)?.focus();
}

/** @param {HTMLElement} field */
const isShown = (field) => field.closest("[hidden]") === null;

/** @param {"claim" | "password"} way */
function chooseWay(way) {
  for (const radio of document.querySelectorAll("input[name=way]")) {
    const input = /** @type {HTMLInputElement} */ (radio);
    input.checked = input.value === way;
  }
  for (const part of document.querySelectorAll("[data-way]")) {
    /** @type {HTMLElement} */ (part).hidden = /** @type {HTMLElement} */ (part).dataset.way !== way;
  }
  const account = byId("account");
  if (way === "claim" && account.value === "") account.value = "owner";
  say(byId("password-label"), way === "claim" ? "New password" : "Password");
  byId("password").autocomplete = way === "claim" ? "new-password" : "current-password";
}

for (const radio of document.querySelectorAll("input[name=way]")) {
  radio.addEventListener("change", (event) => {
    chooseWay(/** @type {any} */ (event.target).value);
    byId("sign-in-fault").hidden = true;
  });
}

byId("sign-in-form").addEventListener("submit", async (/** @type {SubmitEvent} */ event) => {
  event.preventDefault();
  const fault = byId("sign-in-fault");
  const button = byId("sign-in-form").querySelector("button");
  const way = /** @type {HTMLInputElement} */ (document.querySelector("input[name=way]:checked")).value;
  const account = byId("account").value.trim();
  const password = byId("password").value;
  fault.hidden = true;
  button.disabled = true;
  try {
    const session = await ask(
      "POST",
      "session",
      way === "claim"
        ? { claim: byId("claim").value, password, ...(account ? { account } : {}) }
        : { account, password },
    );
    byId("password").value = "";
    byId("claim").value = "";
    showHouse(session);
  } catch (error) {
    say(fault, `${capital(error instanceof Refused ? error.message : "the gateway does not answer")}.`);
    fault.hidden = false;
  } finally {
    button.disabled = false;
  }
});

byId("sign-out").addEventListener("click", async () => {
  feed?.close();
  feed = undefined;
  await ask("DELETE", "session").catch(() => {});
  byId("account").value = "";
  showSignIn({}, "You are signed out.");
});

// ------------------------------------------------------------------------------------------------------------- the house

/** @param {{ account: string, role: string, may: string[] }} session */
function showHouse(session) {
  byId("sign-in").hidden = true;
  byId("house").hidden = false;
  say(
    byId("who"),
    session.account === session.role ? session.account : `${session.account}, ${session.role}`,
  );
  doors.mayUnlock = session.may.includes("door.unlock");
  mayReadEvents = session.may.includes("journal.read");
  byId("events-none").hidden = mayReadEvents;
  byId("events-empty").hidden = true;
  events.clear();
  say(byId("link"), "Connecting…");
  let loaded = false;
  feed = new Feed({
    on: {
      site: (data) => {
        ahead = Date.parse(data.now) - Date.now();
        siteName = data.site.name;
        useZone(data.site.timeZone);
        say(byId("site-name"), siteName);
        say(byId("zone"), zoneName());
        doors.all(data.doors, now());
        title();
        tick();
        // Only now: what happens from here on comes by the feed, so that nothing falls in between.
        if (!loaded) loadEvents();
        loaded = true;
      },
      door: (data) => {
        doors.one(data, now());
        title();
      },
      event: (data) => {
        events.add([data]);
        announce(data);
      },
      beat: (data) => {
        ahead = Date.parse(data.now) - Date.now();
      },
      resync: () => {
        events.clear();
        loaded = false;
      },
    },
    up: () => {
      byId("stale").hidden = true;
      byId("link").dataset.up = "true";
      say(byId("link"), "Live");
      doors.setStale(false);
      document.body.classList.remove("is-stale");
    },
    stale: (since) => {
      const banner = byId("stale");
      say(
        banner,
        `Stale since ${minuteOfDay(new Date(since.getTime() + ahead))}: no link to the gateway. Doors go on without it; trying again…`,
      );
      banner.hidden = false;
      byId("link").dataset.up = "false";
      say(byId("link"), "No link");
      doors.setStale(true);
      document.body.classList.add("is-stale");
    },
    signedOut: () => {
      byId("stale").hidden = true;
      document.body.classList.remove("is-stale");
      showSignIn({}, "Your session has ended. Sign in again to go on.");
    },
  });
}

/** @param {number} [before] */
async function loadEvents(before) {
  if (!mayReadEvents) return;
  try {
    const limit = 100;
    const page = await ask("GET", `events?limit=${limit}${before === undefined ? "" : `&before=${before}`}`);
    if (before !== undefined) events.askedFor = byId("event-list").children.length + limit;
    events.add(page.events);
    byId("older").hidden = page.next === null;
  } catch {
    // The link is down: the banner says so already.
  }
}

byId("older").addEventListener("click", () => loadEvents(events.oldest));

function title() {
  const exceptions = doors.arrange() ?? 0;
  document.title = `${exceptions > 0 ? `(${exceptions}) ` : ""}${siteName} · Gatewarden`;
}

/** Only what cannot wait is read out by itself; the rest would drown it. @param {{ severity: string, sentence: string }} event */
function announce({ severity, sentence }) {
  if (severity === "critical") say(byId("announce"), `Alarm: ${sentence}`);
}

function tick() {
  const clock = byId("clock");
  clock.dateTime = now().toISOString();
  say(clock, timeOfDay(now()));
  // What is stale does not grow older on the screen as if it were known.
  if (!doors.stale) doors.tick(now());
}

setInterval(tick, 1_000);

ask("GET", "session").then(
  (session) => (session.account === null ? showSignIn(session) : showHouse(session)),
  () => showSignIn({}, "The gateway does not answer. Reload this page when it is back."),
);
