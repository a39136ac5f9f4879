import { Button, Group, Modal } from "@mantine/core";
import type { ReactNode } from "react";
import { useWords } from "../words/words.js";
import { useActing } from "./acting.js";
import { Trouble } from "./states.js";

/** Asks before something that somebody may regret. */
export function Confirm({
  title,
  children,
  more,
  doLabel,
  onDo,
  onClose,
}: {
  readonly title: string;
  readonly children: ReactNode;
  /** What it concerns, under the words. */
  readonly more?: ReactNode;
  readonly doLabel: string;
  onDo(): Promise<unknown>;
  onClose(): void;
}) {
  const { app } = useWords();
  const { busy, error, act } = useActing();
  const go = async () => {
    const done = await act(async () => {
      await onDo();
      return true;
    });
    if (done) onClose();
  };
  return (
    <Modal opened onClose={onClose} title={title} closeButtonProps={{ "aria-label": app.close }}>
      <p>{children}</p>
      {more}
      {error !== undefined && <Trouble error={error} />}
      <Group justify="flex-end" mt="md">
        <Button variant="default" onClick={onClose}>
          {app.cancel}
        </Button>
        <Button color="red" loading={busy} onClick={() => void go()} data-autofocus>
          {doLabel}
        </Button>
      </Group>
    </Modal>
  );
}
