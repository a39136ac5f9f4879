import { Link } from "wouter";
import { Areas } from "../access/areas.js";
import { DoorGroups } from "../access/door-groups.js";
import { DoorRights } from "../access/door-rights.js";
import { Groups } from "../access/groups.js";
import { Holidays } from "../access/holidays.js";
import { Levels } from "../access/levels.js";
import { useRules } from "../access/rules.js";
import { Schedules } from "../access/schedules.js";
import { HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";

const tabs = ["groups", "doors", "schedules", "holidays", "door-groups", "areas", "levels"] as const;
type Tab = (typeof tabs)[number];

/** Who may open what, and when. */
export function AccessPage({
  tab: asked,
  chosen,
}: {
  readonly tab?: string | undefined;
  readonly chosen?: string | undefined;
}) {
  const words = useWords();
  const { access } = words;
  const may = useMay();
  const rules = useRules();
  const tab: Tab = tabs.find((each) => each === asked) ?? "groups";
  return (
    <div className="access-page">
      <div className="heading">
        <h1>{access.title}</h1>
        {!may("site.write") && <p>{access.readOnly}</p>}
        <HelpLink page="who-may-open-what">{words.pages.help}</HelpLink>
      </div>
      <nav className="tabs" aria-label={access.what}>
        {tabs.map((each) => (
          <Link key={each} href={`/access/${each}`} aria-current={each === tab ? "page" : undefined}>
            {access.tabs[each]}
          </Link>
        ))}
      </nav>
      {rules.isPending && <Waiting />}
      {rules.isError && <Trouble error={rules.error} onRetry={() => void rules.refetch()} />}
      {rules.data && tab === "groups" && <Groups rules={rules.data} chosen={chosen} />}
      {rules.data && tab === "doors" && <DoorRights rules={rules.data} chosen={chosen} />}
      {rules.data && tab === "schedules" && <Schedules rules={rules.data} chosen={chosen} />}
      {rules.data && tab === "holidays" && <Holidays rules={rules.data} />}
      {rules.data && tab === "areas" && <Areas rules={rules.data} chosen={chosen} />}
      {rules.data && tab === "levels" && <Levels rules={rules.data} chosen={chosen} />}
      {rules.data && tab === "door-groups" && <DoorGroups rules={rules.data} chosen={chosen} />}
    </div>
  );
}
