// @ts-check
import { byId, element, say } from "./dom.js";
import { capital, count, dayOf, timeOfDay } from "./words.js";

/**
 * @typedef {{ id: string, seq: number, at: string, type: string, severity: "info" | "notice" | "warning" | "critical",
 *   sentence: string, reason?: string, remedy?: string, trace?: [string, string][], durable?: boolean }} SiteEvent
 */

/** Rows that are kept; older ones are asked for again. */
const mostRows = 300;
const severities = { info: "", notice: "", warning: "Warning: ", critical: "Alarm: " };

/** The running list, newest on top. Many events in one instant are drawn at once. */
export class Events {
  constructor() {
    this.list = byId("event-list");
    /** @type {Map<string, SiteEvent>} */
    this.known = new Map();
    /** @type {SiteEvent[]} */
    this.waiting = [];
    this.drawing = false;
    this.oldest = Number.POSITIVE_INFINITY;
    /** @type {() => void} */
    this.announced = () => {};
  }

  clear() {
    this.known.clear();
    this.waiting = [];
    this.list.replaceChildren();
    this.oldest = Number.POSITIVE_INFINITY;
  }

  /** @param {SiteEvent[]} events in any order; ones that are known are left out */
  add(events) {
    for (const event of events) {
      if (this.known.has(event.id)) continue;
      this.known.set(event.id, event);
      this.waiting.push(event);
    }
    if (this.drawing) return;
    this.drawing = true;
    // A page in the background draws no frames; it must not gather events without end.
    if (document.hidden) setTimeout(() => this.draw(), 250);
    else requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.drawing = false;
    // Only what can be seen at all is made into rows: the newest.
    const fresh = this.waiting.sort((a, b) => a.seq - b.seq).slice(-mostRows);
    this.waiting = [];
    for (const event of fresh) this.place(row(event), event.seq);
    const rows = [...this.list.querySelectorAll("li[data-seq]")];
    for (const old of rows.slice(Math.max(mostRows, this.askedFor ?? 0))) {
      this.known.delete(old.dataset.id ?? "");
      old.remove();
    }
    this.days();
    const last = this.list.querySelector("li[data-seq]:last-of-type");
    this.oldest = last ? Number(last.dataset.seq) : Number.POSITIVE_INFINITY;
    const shown = this.list.querySelectorAll("li[data-seq]").length;
    byId("events-empty").hidden = shown > 0;
    say(byId("events-count"), shown === 0 ? "" : `the latest ${count(shown, "event")}`);
  }

  /** How many rows somebody wanted to see. @type {number | undefined} */
  askedFor = undefined;

  /** Almost always on top; late ones (the disk was slow) where they belong. @param {HTMLElement} made @param {number} seq */
  place(made, seq) {
    let after = this.list.firstElementChild;
    while (after && !(after.dataset.seq && Number(after.dataset.seq) < seq)) after = after.nextElementSibling;
    this.list.insertBefore(made, after);
  }

  /** A heading wherever the day changes, but not for today on top. */
  days() {
    for (const old of this.list.querySelectorAll(".day")) old.remove();
    let day = dayOf(new Date());
    for (const item of [...this.list.children]) {
      const its = item.dataset.day ?? "";
      if (its === day) continue;
      day = its;
      this.list.insertBefore(element("li", "day", its), item);
    }
  }
}

/** @param {SiteEvent} event */
function row(event) {
  const at = new Date(event.at);
  const time = /** @type {HTMLTimeElement} */ (element("time", "", timeOfDay(at)));
  time.dateTime = event.at;
  time.title = `event ${event.seq}`;
  const body = element(
    "div",
    "body",
    element(
      "p",
      "sentence",
      severities[event.severity] ? element("span", "hidden", severities[event.severity]) : null,
      capital(event.sentence),
    ),
    ...because(event),
    event.durable === false ? element("p", "aside", "Not on disk yet") : null,
  );
  const made = element("li", "", time, body);
  made.dataset.seq = String(event.seq);
  made.dataset.id = event.id;
  made.dataset.day = dayOf(at);
  made.dataset.severity = event.severity;
  made.dataset.type = event.type;
  return made;
}

/** Of a denial: what the rule said, what would have helped, and on request every rule that was asked. @param {SiteEvent} event */
function because({ type, remedy, trace }) {
  if (type !== "access.denied") return [];
  const said = trace?.find(([, answer]) => answer !== "ok");
  const rules = trace?.length
    ? element(
        "details",
        "trace",
        element("summary", "", "Rules asked"),
        element(
          "ul",
          "",
          ...trace.map(([rule, answer]) => {
            const item = element("li", "", element("span", "rule", rule.replaceAll("-", " ")), " ", answer);
            item.dataset.ok = String(answer === "ok");
            return item;
          }),
        ),
      )
    : null;
  return [
    said ? element("p", "why", element("span", "tag", "Why"), " ", capital(said[1])) : null,
    remedy ? element("p", "why", element("span", "tag", "Remedy"), " ", capital(remedy)) : null,
    rules,
  ];
}
