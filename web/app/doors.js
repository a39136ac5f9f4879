// @ts-check
import { ask } from "./api.js";
import { byId, element, say } from "./dom.js";
import { capital, count, lasting, until } from "./words.js";

/**
 * @typedef {{ id: string, name: string, lock: "locked" | "unlocked" | "released", position: "open" | "closed" | "unknown" | "none",
 *   mode: "card" | "free" | "secured", online: boolean, alarm: "forced" | "held-open" | null,
 *   override: { by: string, until: string | null } | null, since: string | null }} Door
 * @typedef {{ rank: number, tone: "critical" | "warning" | "open" | "rest", words: string }} Condition
 */

const holdMs = 600;

/** What matters most about a door, first match. @type {((door: Door) => Condition | undefined)[]} */
const conditions = [
  (door) => (door.alarm === "forced" ? { rank: 0, tone: "critical", words: "Forced open" } : undefined),
  (door) =>
    door.lock === "released" ? { rank: 1, tone: "critical", words: "Released: emergency" } : undefined,
  (door) => (door.alarm === "held-open" ? { rank: 2, tone: "warning", words: "Held open" } : undefined),
  (door) => (door.online ? undefined : { rank: 3, tone: "warning", words: "No contact" }),
  (door) => (door.position === "open" ? { rank: 4, tone: "open", words: "Open" } : undefined),
  (door) => (door.lock === "unlocked" ? { rank: 5, tone: "open", words: "Unlocked" } : undefined),
];

/** @param {Door} door @returns {Condition} */
function conditionOf(door) {
  for (const condition of conditions) {
    const found = condition(door);
    if (found) return found;
  }
  return { rank: 6, tone: "rest", words: "Locked" };
}

const positions = { open: "Open", closed: "Closed", unknown: "Position unknown", none: "No door contact" };
const locks = { locked: "Locked", unlocked: "Unlocked", released: "Released" };
const modes = { card: "Card", free: "Free: no card needed", secured: "Secured: nobody enters" };

/** The tiles: one a door, exceptions first, each updated in place so that nothing is lost under a finger. */
export class Doors {
  constructor() {
    /** @type {Map<string, { door: Door, tile: Tile }>} */
    this.doors = new Map();
    this.list = byId("door-tiles");
    this.mayUnlock = false;
    this.stale = false;
    /** Keeps the order while somebody holds a button: tiles do not jump away. */
    this.holding = 0;
  }

  /** @param {Door[]} doors @param {Date} now */
  all(doors, now) {
    const ids = new Set(doors.map((door) => door.id));
    for (const [id, { tile }] of this.doors) {
      if (ids.has(id)) continue;
      tile.item.remove();
      this.doors.delete(id);
    }
    for (const door of doors) this.keep(door, now);
    this.arrange();
  }

  /** @param {Door} door @param {Date} now */
  one(door, now) {
    this.keep(door, now);
    this.arrange();
  }

  /** @param {string} id */
  name(id) {
    return this.doors.get(id)?.door.name ?? id;
  }

  /** @param {Door} door @param {Date} now */
  keep(door, now) {
    const known = this.doors.get(door.id);
    const tile = known?.tile ?? new Tile(door, this);
    this.doors.set(door.id, { door, tile });
    tile.show(door, now);
  }

  arrange() {
    if (this.holding > 0) return;
    const sorted = [...this.doors.values()].sort(
      (a, b) =>
        conditionOf(a.door).rank - conditionOf(b.door).rank || a.door.name.localeCompare(b.door.name, "en"),
    );
    sorted.forEach(({ tile }, index) => {
      if (this.list.children[index] !== tile.item)
        this.list.insertBefore(tile.item, this.list.children[index] ?? null);
    });
    const exceptions = sorted.filter(({ door }) => conditionOf(door).rank <= 3).length;
    byId("doors-empty").hidden = sorted.length > 0;
    say(
      byId("doors-count"),
      sorted.length === 0
        ? ""
        : `${count(sorted.length, "door")}, ${exceptions === 0 ? "all in order" : `${count(exceptions, "needs", "need")} attention`}`,
    );
    return exceptions;
  }

  /** Once a second. @param {Date} now */
  tick(now) {
    for (const { door, tile } of this.doors.values()) tile.showTime(door, now);
  }

  /** @param {boolean} stale */
  setStale(stale) {
    this.stale = stale;
    for (const { tile } of this.doors.values()) tile.allow();
  }
}

class Tile {
  /** @param {Door} door @param {Doors} doors */
  constructor(door, doors) {
    this.id = door.id;
    this.doors = doors;
    this.state = element("p", "state");
    this.words = element("span", "words");
    this.time = element("span", "time");
    this.state.append(this.words, " ", this.time);
    this.facts = element("p", "facts");
    this.override = element("p", "override");
    this.message = element("p", "message");
    this.message.setAttribute("role", "status");
    this.title = element("h3", "", door.name);
    this.button = /** @type {HTMLButtonElement} */ (element("button", "hold"));
    this.button.type = "button";
    this.label = element("span", "label", "Hold to unlock");
    this.button.append(this.label, element("span", "hidden", ` ${door.name}`));
    this.item = element(
      "li",
      "tile",
      this.title,
      this.state,
      this.facts,
      this.override,
      this.button,
      this.message,
    );
    /** @type {ReturnType<typeof setTimeout> | undefined} */
    this.hold = undefined;
    this.armed = false;
    this.listen();
    this.allow();
  }

  /** @param {Door} door @param {Date} now */
  show(door, now) {
    const { tone, words } = conditionOf(door);
    this.item.dataset.tone = tone;
    say(this.title, door.name);
    say(this.words, words);
    const facts = [
      words === "Locked" || words === "Unlocked" ? undefined : locks[door.lock],
      words === "Open" || door.alarm !== null ? undefined : positions[door.position],
      modes[door.mode],
      door.online || words === "No contact" ? undefined : "no contact to its device",
    ];
    const known = facts.filter((fact) => fact !== undefined).join(" · ");
    say(this.facts, door.online ? known : `Last known: ${known}`);
    const { override } = door;
    say(
      this.override,
      override
        ? `Set by ${override.by}${override.until ? ` until ${until(new Date(override.until), now)}` : ""}`
        : "",
    );
    this.showTime(door, now);
  }

  /** @param {Door} door @param {Date} now */
  showTime(door, now) {
    say(this.time, door.since ? `for ${lasting(now.getTime() - Date.parse(door.since))}` : "");
  }

  allow() {
    this.button.hidden = !this.doors.mayUnlock;
    this.button.disabled = this.doors.stale;
  }

  /** Held by finger, mouse or key for 0.6 s; for whoever can only press, a second press confirms. */
  listen() {
    const { button } = this;
    let byPointerOrKey = false;
    const begin = () => {
      byPointerOrKey = true;
      if (this.hold !== undefined || button.disabled) return;
      this.doors.holding += 1;
      button.classList.add("holding");
      this.hold = setTimeout(() => {
        end();
        void this.unlock();
      }, holdMs);
    };
    const end = () => {
      if (this.hold === undefined) return;
      clearTimeout(this.hold);
      this.hold = undefined;
      button.classList.remove("holding");
      this.doors.holding -= 1;
      this.doors.arrange();
    };
    button.addEventListener("pointerdown", (event) => {
      if (event.button !== 0) return;
      button.setPointerCapture(event.pointerId);
      begin();
    });
    for (const over of ["pointerup", "pointercancel", "lostpointercapture", "blur", "keyup"]) {
      button.addEventListener(over, end);
    }
    button.addEventListener("keydown", (event) => {
      if (event.key !== " " && event.key !== "Enter") return;
      event.preventDefault();
      begin();
    });
    button.addEventListener("contextmenu", (event) => event.preventDefault());
    button.addEventListener("click", () => {
      // A press that no pointer or key made comes from assistive technology, which cannot hold.
      if (!byPointerOrKey) this.press();
      byPointerOrKey = false;
    });
  }

  press() {
    if (this.armed) {
      this.disarm();
      void this.unlock();
      return;
    }
    this.armed = true;
    say(this.label, "Press again to unlock");
    setTimeout(() => this.disarm(), 5_000);
  }

  disarm() {
    this.armed = false;
    say(this.label, "Hold to unlock");
  }

  async unlock() {
    say(this.message, "");
    this.button.disabled = true;
    try {
      await ask("POST", "operations/door.unlock", { door: this.id });
      this.tell("Unlocked by you", "done");
    } catch (error) {
      this.tell(capital(error instanceof Error ? error.message : String(error)), "fault");
    } finally {
      this.allow();
    }
  }

  /** @param {string} text @param {"done" | "fault"} kind */
  tell(text, kind) {
    this.message.dataset.kind = kind;
    say(this.message, text);
    clearTimeout(this.forget);
    this.forget = setTimeout(() => say(this.message, ""), 8_000);
  }
}
