import { Button, Modal } from "@mantine/core";
import type { AlarmBoard, PartitionNow } from "../api.js";
import { useActing } from "../parts/acting.js";
import { Note, Trouble } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useLeavingOut } from "./left-out.js";
import { TestForm } from "./test-form.js";

/** Leaves one sensor out, or puts it on test. */
export function ZoneTools({
  zone: { zone, name, mayLeaveOut },
  armed,
  leftOut,
  onClose,
}: {
  readonly zone: AlarmBoard["zones"][number];
  readonly armed: boolean;
  readonly leftOut: NonNullable<PartitionNow["leftOut"]>[number] | undefined;
  onClose(): void;
}) {
  const { app, arming } = useWords();
  const may = useMay();
  const { busy, error, act } = useActing();
  const { leaveOut, letCount } = useLeavingOut();
  const close = (work: () => Promise<void>) => () =>
    void act(async () => {
      await work();
      onClose();
    });
  return (
    <Modal opened onClose={onClose} title={name} closeButtonProps={{ "aria-label": app.close }}>
      {armed ? (
        <Note title={arming.whileArmed} />
      ) : (
        <div className="stack">
          {may("alarm.bypass") && (
            <div className="stack">
              <h3>{arming.leaveOut}</h3>
              <p className="soft">{mayLeaveOut ? arming.leaveOutHint : arming.mayNotLeaveOut}</p>
              {mayLeaveOut && (
                <div className="actions">
                  {leftOut ? (
                    <Button
                      variant="default"
                      loading={busy}
                      onClick={close(() => letCount(zone, name, leftOut.until))}
                    >
                      {arming.counts}
                    </Button>
                  ) : (
                    <>
                      <Button
                        variant="default"
                        loading={busy}
                        onClick={close(() => leaveOut(zone, name, "session"))}
                      >
                        {arming.untilDisarmed}
                      </Button>
                      <Button
                        variant="default"
                        loading={busy}
                        onClick={close(() => leaveOut(zone, name, "removed"))}
                      >
                        {arming.untilRemoved}
                      </Button>
                    </>
                  )}
                </div>
              )}
              {error !== undefined && <Trouble error={error} />}
            </div>
          )}
          {may("alarm.test") && (
            <div className="stack">
              <h3>{arming.test}</h3>
              <TestForm what={{ zone }} name={name} onDone={onClose} />
            </div>
          )}
        </div>
      )}
    </Modal>
  );
}
