import { Button, Modal } from "@mantine/core";
import { useState } from "react";
import type { Door, HouseNow } from "../api.js";
import { useLivePart, useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useActing } from "./acting.js";
import { Confirm } from "./confirm.js";
import { useDoorActs } from "./door-acts.js";
import { HoldButton } from "./hold-button.js";
import { LockdownStart } from "./lockdown.js";
import { ModeForm } from "./mode-form.js";
import { Trouble } from "./states.js";
import { Remaining } from "./until.js";

type Group = HouseNow["doorGroups"][number];

/** What is done to all doors of a group at once. */
export function GroupBar({ group }: { readonly group: Group }) {
  const { app, doorsPage } = useWords();
  const may = useMay();
  const acts = useDoorActs();
  const stale = useLivePart(({ link }) => link.is === "stale");
  const doors = useLivePart((state) => state.doors);
  const [setting, setSetting] = useState(false);
  const { busy, error, act } = useActing();
  const overridden = group.doors
    .flatMap((id) => doors.get(id) ?? [])
    .filter((door) => door.override !== null);
  if (!may("door.unlock") && !may("door.mode") && !may("lockdown.start")) return null;
  return (
    <section className="card group-bar" aria-label={doorsPage.groupActs(group.name)}>
      <h2>{doorsPage.groupActs(group.name)}</h2>
      <div className="actions">
        {may("door.unlock") && (
          <HoldButton
            of={doorsPage.unlockGroup(group.name)}
            disabled={stale}
            onHolding={() => {}}
            onDone={() => void acts.unlockGroup(group)}
          />
        )}
        {may("door.mode") && (
          <Button variant="default" size="md" disabled={stale} onClick={() => setSetting(true)}>
            {doorsPage.another}
          </Button>
        )}
        {may("lockdown.start") && <LockdownStart group={group} />}
      </div>
      {overridden.length > 0 && may("door.mode") && <EndOverrides doors={overridden} />}
      {setting && (
        <Modal
          opened
          onClose={() => setSetting(false)}
          title={doorsPage.setModeOf(group.name)}
          closeButtonProps={{ "aria-label": app.close }}
        >
          <ModeForm
            readers
            busy={busy}
            onSet={(mode, until) =>
              void act(async () => {
                await acts.groupMode(group, mode, until);
                setSetting(false);
              })
            }
          />
          {error !== undefined && <Trouble error={error} />}
        </Modal>
      )}
    </section>
  );
}

/** Ends what people have set at these doors, and says first what that is. */
export function EndOverrides({ doors }: { readonly doors: readonly Door[] }) {
  const { doorsPage } = useWords();
  const acts = useDoorActs();
  const [asking, setAsking] = useState(false);
  return (
    <>
      <Button variant="light" className="end-overrides" onClick={() => setAsking(true)}>
        {doorsPage.endOverrides(doors.length)}
      </Button>
      {asking && (
        <Confirm
          title={doorsPage.endOverridesTitle}
          doLabel={doorsPage.endOverrides(doors.length)}
          onDo={() => acts.endAll(doors)}
          onClose={() => setAsking(false)}
          more={
            <ul className="list">
              {doors.map((door) => (
                <li key={door.id}>
                  <div className="list-main">
                    <strong>{door.name}</strong>
                    <small>
                      {doorsPage.changedBy(doorsPage.modeNames[door.mode], door.override?.by ?? "")},{" "}
                      <Remaining until={door.override?.until ?? null} />
                    </small>
                  </div>
                </li>
              ))}
            </ul>
          }
        >
          {doorsPage.endOverridesLead}
        </Confirm>
      )}
    </>
  );
}
