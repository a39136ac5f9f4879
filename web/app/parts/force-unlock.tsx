import { Button, Modal, TextInput } from "@mantine/core";
import { type FormEvent, useState } from "react";
import { api, type Door } from "../api.js";
import { useWords } from "../words/words.js";
import { useActing } from "./acting.js";
import { Trouble } from "./states.js";

/** Against what the house refuses: with a reason, and (where the gateway asks) a fresh sign-in. */
export function ForceUnlock({
  door,
  onClose,
  onDone,
}: {
  readonly door: Door;
  onClose(): void;
  onDone(): void;
}) {
  const { app, doorsPage } = useWords();
  const { busy, error, act } = useActing();
  const [note, setNote] = useState("");
  const force = async (event: FormEvent) => {
    event.preventDefault();
    const done = await act(async () => {
      await api.unlock(door.id, { note: note.trim() });
      return true;
    });
    if (!done) return;
    onDone();
    onClose();
  };
  return (
    <Modal
      opened
      onClose={onClose}
      title={doorsPage.forceTitle(door.name)}
      closeButtonProps={{ "aria-label": app.close }}
    >
      <form className="stack" onSubmit={(event) => void force(event)}>
        <p>{doorsPage.forceLead}</p>
        <TextInput
          label={doorsPage.forceReason}
          value={note}
          onChange={({ currentTarget }) => setNote(currentTarget.value)}
          maxLength={500}
          required
          data-autofocus
          autoComplete="off"
        />
        {error !== undefined && <Trouble error={error} />}
        <Button type="submit" color="red" loading={busy} disabled={note.trim() === ""}>
          {doorsPage.forceDo}
        </Button>
      </form>
    </Modal>
  );
}
