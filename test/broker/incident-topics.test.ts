import { expect, test } from "vitest";
import { accessList } from "../../gateway/broker/access-list.js";
import { SiteTopics } from "../../gateway/broker/site-topics.js";
import { incidentView } from "../../gateway/core/alarm/alarm-views.js";
import { siteView } from "../../gateway/core/views.js";
import type { Account, News } from "../../gateway/ports.js";
import { armedNight } from "../stories/armed-office.js";

/** What stands on the site's topics, as a late subscriber would find it. */
function topics() {
  const story = armedNight();
  const retained = new Map<string, string>();
  let listener: (news: News) => void = () => {};
  const broadcast = new SiteTopics({
    publish: async (topic, payload) => {
      if (payload === "") retained.delete(topic);
      else retained.set(topic, payload);
    },
    live: {
      view: () => siteView(story.site, story.state, story.now),
      onNews: (told) => {
        listener = told;
        return () => {};
      },
    },
    now: () => story.now,
    version: "1",
    boot: "b",
  });
  broadcast.start();
  const tell = (id: string, silent: boolean): void => {
    const own = story.state.incidents.get(id);
    const view = own && incidentView(story.site, story.state, id, own);
    const nothing = { events: [], durable: true, doors: [], areas: [], partitions: [] };
    listener({ ...nothing, incidents: [{ id, silent, ...(view ? { view } : {}) }] });
  };
  const incidents = () => [...retained.keys()].filter((topic) => /^(alarm|silent)\//.test(topic));
  return { story, retained, tell, incidents };
}

const client = (discreet: boolean): Account => ({
  id: "central",
  kind: "client",
  role: "central",
  discreet,
  disabled: false,
});

test("an incident is retained while it is open, and its topic is emptied when it is closed", () => {
  const { story, retained, tell, incidents } = topics();
  story.sensor("window", true);
  const id = story.incident;
  tell(id, false);
  expect(JSON.parse(retained.get(`alarm/${id}`) ?? "{}")).toMatchObject({
    v: 1,
    id,
    type: "alarm.perimeter",
    severity: "critical",
    state: "raised",
    sensor: "window",
    partition: "ground",
    events: 1,
  });
  story.asks({ op: "incident.acknowledge", incident: id });
  tell(id, false);
  expect(JSON.parse(retained.get(`alarm/${id}`) ?? "{}").state).toBe("acknowledged");
  story.asks({ op: "incident.close", incident: id, cause: "intruder" }, { note: "police" });
  tell(id, false);
  expect(incidents()).toEqual([]);
});

test("a silent hold-up stands on a topic of its own, that only a discreet client reads", () => {
  const { story, tell, incidents } = topics();
  story.sensor("counter", true);
  const id = story.incident;
  tell(id, true);
  expect(incidents()).toEqual([`silent/${id}`]);
  const { maySubscribe, mayReceive } = accessList("gw/v1");
  for (const topic of [`gw/v1/site/hq/silent/${id}`, "gw/v1/site/hq/event/silent/hold-up-silent"]) {
    expect(mayReceive(client(true), topic)).toBe(true);
    expect(mayReceive(client(false), topic)).toBe(false);
  }
  expect(maySubscribe(client(false), "gw/v1/site/hq/silent/#")).toBe(false);
});
