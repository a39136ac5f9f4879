import { Button, Modal, TextInput } from "@mantine/core";
import { IconCheck, IconPrinter } from "@tabler/icons-react";
import { useState } from "react";
import { type AlarmBoard, api, type PartitionNow } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Trouble } from "../parts/states.js";
import { useMay, useSession } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";
import { WalkRecord } from "./walk-record.js";

export type Walk = AlarmBoard["walks"][number];

/** Somebody goes past every sensor, and sees here which have answered. */
export function WalkTest({
  partition,
  board,
}: {
  readonly partition: PartitionNow;
  readonly board: AlarmBoard;
}) {
  const { arming } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const { busy, error, act } = useActing();
  const walk = board.walks.find((each) => each.partition === partition.id);
  const runs = walk !== undefined && walk.ended === null;
  const mayStart = may("alarm.test") && partition.arming === "disarmed";
  // A partition of members only has nothing of its own to walk past.
  if (!walk && (!mayStart || !board.zones.some(({ partitions }) => partitions.includes(partition.id))))
    return null;
  const start = () => act(() => api.walkTest(partition.id, true));
  return (
    <section className="card walk" aria-labelledby="walk-test">
      <h3 id="walk-test">{arming.walk}</h3>
      {runs ? (
        <Running partition={partition} walk={walk} />
      ) : (
        <>
          <p className="soft">{arming.walkHint}</p>
          {error !== undefined && <Trouble error={error} />}
          {mayStart && (
            <div className="actions">
              <Button variant="default" loading={busy} onClick={() => void start()}>
                {arming.walkStart}
              </Button>
            </div>
          )}
          {walk?.ended && (
            <>
              <div className="card-head">
                <p>
                  {arming.walkLast(time.near(new Date(walk.ended.at), siteNow()), walk.ended.by || walk.by)}
                  {". "}
                  {arming.walkNow(walk.seen.length, walk.seen.length + walk.missing.length)}
                </p>
                <Button
                  variant="default"
                  size="compact-md"
                  leftSection={<IconPrinter size={18} aria-hidden />}
                  onClick={() => window.print()}
                >
                  {arming.print}
                </Button>
              </div>
              {walk.missing.length > 0 && (
                <p className="form-fault">
                  {arming.walkEndMissing(walk.missing.map(({ name }) => name).join(", "))}
                </p>
              )}
              <WalkRecord partition={partition} walk={walk} />
            </>
          )}
        </>
      )}
    </section>
  );
}

function Running({ partition, walk }: { readonly partition: PartitionNow; readonly walk: Walk }) {
  const { arming } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const [ending, setEnding] = useState(false);
  const of = walk.seen.length + walk.missing.length;
  return (
    <>
      <p className="walk-count" role="status">
        {walk.missing.length === 0 ? arming.walkAll : arming.walkNow(walk.seen.length, of)}
      </p>
      <progress max={of} value={walk.seen.length} aria-label={arming.walkNow(walk.seen.length, of)} />
      <p className="soft">{arming.walkBy(walk.by, time.near(new Date(walk.since), siteNow()))}</p>
      {walk.missing.length > 0 && (
        <div>
          <h4>{arming.walkMissing}</h4>
          <ul className="list">
            {walk.missing.map(({ zone, name }) => (
              <li key={zone}>{name}</li>
            ))}
          </ul>
        </div>
      )}
      {walk.seen.length > 0 && (
        <div>
          <h4>{arming.walkSeen}</h4>
          <ul className="list walk-seen">
            {[...walk.seen].reverse().map(({ zone, name, at }) => (
              <li key={zone}>
                <IconCheck size={18} aria-hidden /> <span className="list-main">{name}</span>
                <time dateTime={at}>{time.time(new Date(at))}</time>
              </li>
            ))}
          </ul>
        </div>
      )}
      {may("alarm.test") && (
        <div className="actions">
          <Button onClick={() => setEnding(true)}>{arming.walkEnd}</Button>
        </div>
      )}
      {ending && <Sign partition={partition} walk={walk} onClose={() => setEnding(false)} />}
    </>
  );
}

function Sign({
  partition,
  walk,
  onClose,
}: {
  readonly partition: PartitionNow;
  readonly walk: Walk;
  onClose(): void;
}) {
  const { app, arming } = useWords();
  const { name, account } = useSession();
  const done = useDone();
  const { busy, error, act } = useActing();
  const [remark, setRemark] = useState("");
  const sign = () =>
    act(async () => {
      await api.walkTest(partition.id, false, remark.trim());
      done(arming.walkEnded);
      onClose();
    });
  return (
    <Modal
      opened
      onClose={onClose}
      title={arming.walkEndTitle}
      closeButtonProps={{ "aria-label": app.close }}
    >
      <div className="stack">
        <p>
          {arming.walkEndLead(
            name ?? account ?? "",
            walk.seen.length,
            walk.seen.length + walk.missing.length,
          )}
        </p>
        {walk.missing.length > 0 && (
          <p className="form-fault">
            {arming.walkEndMissing(walk.missing.map((each) => each.name).join(", "))}
          </p>
        )}
        <TextInput
          label={arming.walkRemark}
          value={remark}
          maxLength={500}
          onChange={({ currentTarget }) => setRemark(currentTarget.value)}
        />
        {error !== undefined && <Trouble error={error} />}
        <div className="actions form-end">
          <Button variant="default" onClick={onClose}>
            {app.cancel}
          </Button>
          <Button loading={busy} onClick={() => void sign()}>
            {arming.walkSign}
          </Button>
        </div>
      </div>
    </Modal>
  );
}
