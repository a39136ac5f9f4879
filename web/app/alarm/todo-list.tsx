import { Button, Modal } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Todo } from "../api.js";
import { useActing, useSayTrouble } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { Empty, HelpLink, Trouble, Waiting } from "../parts/states.js";
import { useMay, useSession } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { useAlarmNames } from "./names.js";

const key = ["todos"] as const;
const againMs = 8_000;

/** Batteries, faults and the like: no alarms, and not forgotten. */
export function TodoList() {
  const { todo, pages } = useWords();
  const found = useQuery({ queryKey: key, queryFn: api.todos, refetchInterval: againMs, staleTime: 0 });
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  const sleeps = ({ snoozedUntil }: Todo) =>
    snoozedUntil !== null && Date.parse(snoozedUntil) > siteNow().getTime();
  const open = found.data.filter((each) => !sleeps(each));
  const later = found.data.filter(sleeps);
  if (found.data.length === 0)
    return (
      <Empty title={todo.none} action={<HelpLink page="alarm">{pages.help}</HelpLink>}>
        {todo.noneHint}
      </Empty>
    );
  return (
    <div className="narrow stack">
      <Items title={todo.open} items={open} />
      {later.length > 0 && <Items title={todo.later} items={later} />}
    </div>
  );
}

function Items({ title, items }: { readonly title: string; readonly items: readonly Todo[] }) {
  const { todo } = useWords();
  return (
    <section className="card" aria-label={title}>
      <h2>
        {title} <span className="soft">{items.length}</span>
      </h2>
      {items.length === 0 && <p className="soft">{todo.none}</p>}
      <ul className="list">
        {items.map((item) => (
          <Item key={item.id} item={item} />
        ))}
      </ul>
    </section>
  );
}

function Item({ item }: { readonly item: Todo }) {
  const words = useWords();
  const { todo } = words;
  const may = useMay();
  const { account } = useSession();
  const names = useAlarmNames();
  const time = useSiteTime();
  const client = useQueryClient();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const [asking, setAsking] = useState<"snooze" | "done">();
  const { id, type, at, times, sensor, door, device, partition, reason, owner, snoozedUntil, restoredAt } =
    item;
  const place = sensor ?? (door === null ? undefined : `door/${door}`);
  const where =
    place !== undefined
      ? names.zone(place)
      : (device ?? (partition === null ? id : names.partition(partition)));
  const why = reason === null ? undefined : (words.arming.whys as Readonly<Record<string, string>>)[reason];
  const what = todo.item(why ?? todo.types[type] ?? type, where);
  const near = (iso: string) => time.near(new Date(iso), siteNow());
  const again = () => client.invalidateQueries({ queryKey: key });
  const work = async (asked: Parameters<typeof api.workTodo>[0], said: string) => {
    await api.workTodo(asked);
    await again();
    done(said);
  };
  return (
    <li>
      <div className="list-main">
        <strong>{what}</strong>
        <small>
          {[
            ...(at === null ? [] : [todo.since(near(at))]),
            ...(times > 1 ? [todo.times(times)] : []),
            owner === null ? todo.nobody : todo.owner(owner),
            ...(restoredAt === null ? [] : [todo.restored(near(restoredAt))]),
            ...(snoozedUntil === null ? [] : [todo.until(near(snoozedUntil))]),
          ].join(" · ")}
        </small>
      </div>
      {may("incidents.work") && (
        <div className="actions">
          {owner !== account && (
            <Button
              variant="default"
              size="compact-md"
              aria-label={todo.takeOf(what)}
              onClick={() => work({ todo: id, does: "take" }, todo.taken(what)).catch(sayTrouble)}
            >
              {todo.take}
            </Button>
          )}
          <Button
            variant="default"
            size="compact-md"
            aria-label={todo.snoozeOf(what)}
            onClick={() => setAsking("snooze")}
          >
            {todo.snooze}
          </Button>
          <Button
            variant="default"
            size="compact-md"
            aria-label={todo.doneOf(what)}
            onClick={() =>
              restoredAt === null
                ? setAsking("done")
                : void work({ todo: id, does: "done" }, todo.isDone(what)).catch(sayTrouble)
            }
          >
            {todo.done}
          </Button>
        </div>
      )}
      {asking === "done" && (
        <Confirm
          title={todo.doneTitle}
          doLabel={todo.done}
          onDo={() => work({ todo: id, does: "done" }, todo.isDone(what))}
          onClose={() => setAsking(undefined)}
        >
          {what}. {todo.doneSure}
        </Confirm>
      )}
      {asking === "snooze" && (
        <Snooze
          onSnooze={(until) => work({ todo: id, does: "snooze", until }, todo.snoozed(what))}
          onClose={() => setAsking(undefined)}
        />
      )}
    </li>
  );
}

const dayMs = 86_400_000;
const snoozeMs = { day: dayMs, week: 7 * dayMs, month: 30 * dayMs } as const;

function Snooze({ onSnooze, onClose }: { onSnooze(until: string): Promise<void>; onClose(): void }) {
  const { app, todo } = useWords();
  const { busy, error, act } = useActing();
  return (
    <Modal opened onClose={onClose} title={todo.snoozeTitle} closeButtonProps={{ "aria-label": app.close }}>
      <div className="stack">
        <div className="actions">
          {(["day", "week", "month"] as const).map((span) => (
            <Button
              key={span}
              variant="default"
              disabled={busy}
              onClick={() =>
                void act(async () => {
                  await onSnooze(new Date(siteNow().getTime() + snoozeMs[span]).toISOString());
                  onClose();
                })
              }
            >
              {todo.snoozes[span]}
            </Button>
          ))}
        </div>
        {error !== undefined && <Trouble error={error} />}
      </div>
    </Modal>
  );
}
