import { Button, TextInput } from "@mantine/core";
import { IconArrowLeft, IconPlus, IconSearch } from "@tabler/icons-react";
import { type ReactNode, useState } from "react";
import { Link } from "wouter";
import { useNarrow } from "../parts/narrow.js";
import { Empty } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";

export interface Item {
  readonly id: string;
  readonly name: string;
  readonly detail: string;
}

const searchFrom = 8;

/** A list, and beside it (on a phone: instead of it) what was chosen of it. */
export function ListAndSheet({
  tab,
  items,
  chosen,
  add,
  none,
  choose,
  children,
}: {
  readonly tab: string;
  readonly items: readonly Item[];
  readonly chosen: string | undefined;
  /** What the button says that makes a new one; absent: none can be made here. */
  readonly add?: string;
  readonly none: { readonly title: string; readonly hint: string };
  readonly choose: { readonly title: string; readonly hint: string };
  /** The sheet of what was chosen. */
  readonly children: ReactNode;
}) {
  const { access } = useWords();
  const may = useMay();
  const narrow = useNarrow();
  const [search, setSearch] = useState("");
  const text = search.trim().toLowerCase();
  const found = items.filter(({ name }) => name.toLowerCase().includes(text));
  const isNew = chosen === "new";
  const addButton = add !== undefined && may("site.write") && (
    <Button
      component={Link}
      href={`/access/${tab}/new`}
      variant={items.length === 0 ? "filled" : "default"}
      leftSection={<IconPlus size={18} aria-hidden />}
    >
      {add}
    </Button>
  );
  return (
    <div className="two-panes access-panes" data-chosen={chosen !== undefined}>
      {!(narrow && chosen !== undefined) && (
        <div className="pane-list stack">
          {items.length === 0 ? (
            <Empty title={none.title} action={addButton}>
              {none.hint}
            </Empty>
          ) : (
            <>
              {addButton}
              {items.length >= searchFrom && (
                <TextInput
                  type="search"
                  label={access.search}
                  leftSection={<IconSearch size={18} aria-hidden />}
                  value={search}
                  onChange={({ currentTarget }) => setSearch(currentTarget.value)}
                  autoComplete="off"
                />
              )}
              <ul className="card list door-list">
                {found.map(({ id, name, detail }) => (
                  <li key={id} className="door-row" data-chosen={id === chosen}>
                    <div className="list-main">
                      <Link
                        href={`/access/${tab}/${id}`}
                        className="list-link"
                        aria-current={id === chosen ? "true" : undefined}
                      >
                        {name}
                      </Link>
                      <small>{detail}</small>
                    </div>
                  </li>
                ))}
              </ul>
            </>
          )}
        </div>
      )}
      <div className="pane-sheet">
        {chosen === undefined
          ? items.length > 0 && <Empty title={choose.title}>{choose.hint}</Empty>
          : (isNew || items.some(({ id }) => id === chosen)) && (
              <>
                <Link href={`/access/${tab}`} className="pane-back">
                  <IconArrowLeft size={18} aria-hidden /> {access.toList}
                </Link>
                {children}
              </>
            )}
      </div>
    </div>
  );
}
