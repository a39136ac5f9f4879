import { Link } from "wouter";
import { ArmTab } from "../alarm/arm-tab.js";
import { Closed } from "../alarm/closed.js";
import { ProofList } from "../alarm/proof-list.js";
import { Queue } from "../alarm/queue.js";
import { TodoList } from "../alarm/todo-list.js";
import { Empty, HelpLink, Waiting } from "../parts/states.js";
import { useLivePart, useMay } from "../session.js";
import { useWords } from "../words/words.js";

const tabs = ["queue", "arm", "todo", "proof", "closed"] as const;
type Tab = (typeof tabs)[number];

/** The alarm: what must be answered for, arming and disarming, and what is to be done so that it works. */
export function AlarmsPage({
  tab: asked,
  chosen,
}: {
  readonly tab?: string | undefined;
  readonly chosen?: string | undefined;
}) {
  const { alarms, app, pages } = useWords();
  const may = useMay();
  const known = useLivePart((state) => state.site !== undefined);
  const open = useLivePart((state) => state.incidents.length);
  const allowed = tabs.filter((each) => may(each === "arm" ? "partitions.read" : "incidents.read"));
  const tab: Tab | undefined = allowed.find((each) => each === asked) ?? allowed[0];
  return (
    <div className="alarms">
      <div className="heading">
        <h1>{alarms.title}</h1>
        <HelpLink page="alarm">{pages.help}</HelpLink>
      </div>
      {tab === undefined ? (
        <Empty title={app.notAllowed}>{app.notAllowedHint}</Empty>
      ) : (
        <nav className="tabs" aria-label={alarms.what}>
          {allowed.map((each) => (
            <Link
              key={each}
              href={each === "queue" ? "/alarms" : `/alarms/${each}`}
              aria-current={each === tab ? "page" : undefined}
            >
              {alarms.tabs[each]}
              {each === "queue" && open > 0 && <span className="count-mark">{open}</span>}
            </Link>
          ))}
        </nav>
      )}
      {!known && <Waiting />}
      {known && tab === "queue" && <Queue chosen={chosen} />}
      {known && tab === "arm" && <ArmTab chosen={chosen} />}
      {known && tab === "todo" && <TodoList />}
      {known && tab === "proof" && <ProofList />}
      {known && tab === "closed" && <Closed />}
    </div>
  );
}
