import { Button, Modal, MultiSelect } from "@mantine/core";
import { IconUsers } from "@tabler/icons-react";
import { useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type MusterList } from "../api.js";
import { useActing } from "../parts/acting.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { Trouble } from "../parts/states.js";
import { useLivePart, useMay } from "../session.js";
import { siteNow, useSiteTime } from "../time.js";
import { useWords } from "../words/words.js";

export function CountStart() {
  const { app, inside } = useWords();
  const client = useQueryClient();
  const areas = useLivePart(({ plan }) => plan?.areas);
  const [open, setOpen] = useState(false);
  const [where, setWhere] = useState<string[]>([]);
  const { busy, error, act } = useActing();
  const start = () =>
    act(async () => {
      await api.startMuster(where);
      await client.invalidateQueries({ queryKey: ["muster"] });
      setOpen(false);
    });
  return (
    <>
      <Button color="red" leftSection={<IconUsers size={18} aria-hidden />} onClick={() => setOpen(true)}>
        {inside.count}
      </Button>
      {open && (
        <Modal
          opened
          onClose={() => setOpen(false)}
          title={inside.countTitle}
          closeButtonProps={{ "aria-label": app.close }}
        >
          <div className="stack">
            <p>{inside.countLead}</p>
            <MultiSelect
              label={inside.countWhere}
              data={(areas ?? [])
                .filter(({ outside, assembly }) => !outside && !assembly)
                .map(({ id, name }) => ({ value: id, label: name }))}
              value={where}
              onChange={setWhere}
              comboboxProps={{ transitionProps: { duration: 0 } }}
            />
            {error !== undefined && <Trouble error={error} />}
            <Button color="red" loading={busy} onClick={() => void start()} data-autofocus>
              {inside.countDo}
            </Button>
          </div>
        </Modal>
      )}
    </>
  );
}

/** How far the count is. */
export function CountNow({
  list,
  muster,
}: {
  readonly list: MusterList;
  readonly muster: NonNullable<MusterList["muster"]>;
}) {
  const { inside } = useWords();
  const may = useMay();
  const time = useSiteTime();
  const done = useDone();
  const client = useQueryClient();
  const [ending, setEnding] = useState(false);
  const { missing, safe } = list.counts;
  return (
    <section className="card count" data-done={missing === 0} aria-live="polite">
      <p className="count-missing">{missing === 0 ? inside.allSafe : inside.missing(missing)}</p>
      <p>{inside.safe(safe)}</p>
      <p className="soft">{inside.counting(time.near(new Date(muster.since), siteNow()), muster.by)}</p>
      {may("muster.run") && (
        <Button variant="default" onClick={() => setEnding(true)}>
          {inside.end}
        </Button>
      )}
      {ending && (
        <Confirm
          title={inside.endTitle}
          doLabel={inside.end}
          onDo={async () => {
            await api.endMuster();
            await client.invalidateQueries({ queryKey: ["muster"] });
            done(inside.ended);
          }}
          onClose={() => setEnding(false)}
        >
          {inside.endSure(missing)}
        </Confirm>
      )}
    </section>
  );
}
