import { Button, Select, TextInput } from "@mantine/core";
import { IconArrowLeft, IconSearch } from "@tabler/icons-react";
import { useMemo, useState } from "react";
import { Link } from "wouter";
import type { Door } from "../api.js";
import { DoorRow } from "../parts/door-row.js";
import { DoorSheet } from "../parts/door-sheet.js";
import { conditionOf, isException } from "../parts/door-words.js";
import { EndOverrides, GroupBar } from "../parts/group-bar.js";
import { useNarrow } from "../parts/narrow.js";
import { Empty, HelpLink, Waiting } from "../parts/states.js";
import { useLivePart, useMay } from "../session.js";
import { useWords, type Words } from "../words/words.js";

type Shown = "all" | "attention" | "open" | "changed";

const wanted: Readonly<Record<Shown, (door: Door) => boolean>> = {
  all: () => true,
  attention: (door) => isException(door) || (door.troubles?.length ?? 0) > 0,
  open: (door) => conditionOf(door).tone === "open" || door.position === "open" || door.lock !== "locked",
  changed: (door) => door.override !== null,
};

/** All doors, and beside them (on a phone: instead) the one that was chosen. */
export function DoorsPage({ chosen }: { readonly chosen?: string | undefined }) {
  const words = useWords();
  const known = useLivePart((state) => state.site !== undefined);
  const narrow = useNarrow();
  if (!known) return <Waiting />;
  return (
    <div className="two-panes" data-chosen={chosen !== undefined}>
      {narrow && chosen !== undefined ? (
        <h1 className="only-heard">{words.doorsPage.title}</h1>
      ) : (
        <section className="pane-list" aria-labelledby="doors-heading">
          <List chosen={chosen} />
        </section>
      )}
      <div className="pane-sheet">
        {chosen === undefined ? (
          <Empty title={words.doorsPage.choose}>{words.doorsPage.chooseHint}</Empty>
        ) : (
          <>
            <Link href="/doors" className="pane-back">
              <IconArrowLeft size={18} aria-hidden /> {words.doorsPage.toList}
            </Link>
            <Sheet key={chosen} id={chosen} />
          </>
        )}
      </div>
    </div>
  );
}

function Sheet({ id }: { readonly id: string }) {
  const { doorsPage } = useWords();
  const door = useLivePart((state) => state.doors.get(id));
  return door ? <DoorSheet door={door} /> : <Empty title={doorsPage.notThere} />;
}

interface Section {
  readonly id: string;
  readonly title: string;
  readonly doors: readonly Door[];
}

function List({ chosen }: { readonly chosen: string | undefined }) {
  const words = useWords();
  const { doorsPage, live } = words;
  const may = useMay();
  const doors = useLivePart((state) => state.doors);
  const plan = useLivePart((state) => state.plan);
  const groups = useLivePart((state) => state.house?.doorGroups) ?? [];
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState<Shown>("all");
  const [groupId, setGroupId] = useState<string | null>(null);
  const group = groups.find(({ id }) => id === groupId);
  const sections = useMemo(() => byArea([...doors.values()], plan, words), [doors, plan, words]);
  const text = search.trim().toLowerCase();
  const found = sections
    .map((section) => ({
      ...section,
      doors: section.doors.filter(
        (door) =>
          wanted[shown](door) &&
          (group === undefined || group.doors.includes(door.id)) &&
          (door.name.toLowerCase().includes(text) || section.title.toLowerCase().includes(text)),
      ),
    }))
    .filter((section) => section.doors.length > 0);
  const overridden = [...doors.values()].filter(wanted.changed);
  const counts = (which: Shown) => [...doors.values()].filter(wanted[which]).length;
  const showAll = () => {
    setSearch("");
    setShown("all");
    setGroupId(null);
  };
  return (
    <>
      <div className="heading">
        <h1 id="doors-heading">{doorsPage.title}</h1>
        <p>{doorsPage.count(doors.size)}</p>
        <HelpLink page="doors">{words.pages.help}</HelpLink>
      </div>
      {doors.size === 0 ? (
        <Empty title={live.noDoors} action={<HelpLink page="site-document">{words.pages.help}</HelpLink>}>
          {live.noDoorsHint}
        </Empty>
      ) : (
        <>
          <div className="door-filters">
            <TextInput
              type="search"
              label={doorsPage.search}
              leftSection={<IconSearch size={18} aria-hidden />}
              value={search}
              onChange={({ currentTarget }) => setSearch(currentTarget.value)}
              autoComplete="off"
            />
            {groups.length > 0 && (
              <Select
                label={doorsPage.group}
                value={groupId ?? ""}
                onChange={(id) => setGroupId(id === "" ? null : id)}
                data={[
                  { value: "", label: doorsPage.everyDoor },
                  ...groups.map(({ id, name }) => ({ value: id, label: name })),
                ]}
                allowDeselect={false}
                comboboxProps={{ transitionProps: { duration: 0 } }}
              />
            )}
          </div>
          <fieldset className="picks-field">
            <legend className="only-heard">{doorsPage.shown}</legend>
            <div className="picks">
              {(["all", "attention", "open", "changed"] as const).map((each) => (
                <label key={each} className="pick">
                  <input
                    type="radio"
                    name="doors-shown"
                    checked={shown === each}
                    onChange={() => setShown(each)}
                  />
                  <span>
                    {doorsPage[each]} <small>{counts(each)}</small>
                  </span>
                </label>
              ))}
            </div>
          </fieldset>
          {group && <GroupBar group={group} />}
          {!group && overridden.length > 0 && may("door.mode") && <EndOverrides doors={overridden} />}
          {found.length === 0 && (
            <Empty
              title={doorsPage.none}
              action={
                <Button variant="default" onClick={showAll}>
                  {doorsPage.showAll}
                </Button>
              }
            >
              {doorsPage.noneHint}
            </Empty>
          )}
          {found.map((section) => (
            <section key={section.id} aria-label={section.title} className="door-section">
              <h2>{section.title}</h2>
              <ul className="card list door-list">
                {section.doors.map((door) => (
                  <DoorRow key={door.id} door={door} chosen={door.id === chosen} />
                ))}
              </ul>
            </section>
          ))}
        </>
      )}
    </>
  );
}

/** By the area that a door leads into, in the order of the site; doors by name. */
function byArea(doors: readonly Door[], plan: ReturnType<typeof usePlan>, { doorsPage }: Words): Section[] {
  const into = new Map(plan?.doors.map(({ id, to }) => [id, to]));
  const sections = (plan?.areas ?? []).map(({ id, name }) => ({
    id,
    title: doorsPage.intoArea(name),
    doors: doors.filter((door) => into.get(door.id) === id),
  }));
  const placed = new Set(sections.flatMap((section) => section.doors.map(({ id }) => id)));
  const others = doors.filter(({ id }) => !placed.has(id));
  return [...sections, { id: "", title: doorsPage.elsewhere, doors: others }]
    .filter((section) => section.doors.length > 0)
    .map((section) => ({
      ...section,
      doors: [...section.doors].sort((a, b) => a.name.localeCompare(b.name)),
    }));
}

const usePlan = () => useLivePart((state) => state.plan);
