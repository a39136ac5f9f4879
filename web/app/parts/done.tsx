import { Button } from "@mantine/core";
import { notifications } from "@mantine/notifications";
import { useWords } from "../words/words.js";
import { useSayTrouble } from "./acting.js";

/** Says that something is done; with `undo`, offers to take it back. */
export function useDone(): (message: string, undo?: () => Promise<unknown>) => void {
  const { app } = useWords();
  const sayTrouble = useSayTrouble();
  return (message, undo) => {
    const id = `done-${message}`;
    // The newest act is the one that somebody would take back; a pile of messages would cover what it is about.
    notifications.clean();
    notifications.show({
      id,
      color: "teal",
      closeButtonProps: { "aria-label": app.close },
      autoClose: undo ? 15_000 : 6_000,
      message: (
        <span className="done">
          <span>{message}</span>
          {undo && (
            <Button
              size="compact-sm"
              variant="default"
              onClick={() => {
                notifications.hide(id);
                undo().catch(sayTrouble);
              }}
            >
              {app.undo}
            </Button>
          )}
        </span>
      ),
    });
  };
}
