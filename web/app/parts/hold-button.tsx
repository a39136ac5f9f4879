import { type KeyboardEvent, type PointerEvent, useEffect, useRef, useState } from "react";
import { useWords } from "../words/words.js";

const holdMs = 600;
/** How long a first press of who can only press waits for the second. */
const armedMs = 5_000;

/** Held by finger, mouse or key for 0.6 s; for whoever can only press, a second press confirms. */
export function HoldButton({
  of,
  disabled,
  onHolding,
  onDone,
}: {
  /** What is unlocked, for who cannot see where the button stands. */
  readonly of: string;
  readonly disabled: boolean;
  onHolding(holding: boolean): void;
  onDone(): void;
}) {
  const { door } = useWords();
  const [holding, setHolding] = useState(false);
  const [armed, setArmed] = useState(false);
  const timer = useRef<ReturnType<typeof setTimeout> | undefined>(undefined);
  const byPointerOrKey = useRef(false);

  const end = () => {
    if (timer.current === undefined) return;
    clearTimeout(timer.current);
    timer.current = undefined;
    setHolding(false);
    onHolding(false);
  };
  const begin = () => {
    byPointerOrKey.current = true;
    if (timer.current !== undefined || disabled) return;
    setHolding(true);
    onHolding(true);
    timer.current = setTimeout(() => {
      end();
      onDone();
    }, holdMs);
  };
  const lastEnd = useRef(end);
  lastEnd.current = end;
  useEffect(() => () => lastEnd.current(), []);
  useEffect(() => {
    if (!armed) return undefined;
    const over = setTimeout(() => setArmed(false), armedMs);
    return () => clearTimeout(over);
  }, [armed]);

  const press = () => {
    // A press that no pointer or key made comes from assistive technology, which cannot hold.
    const wasHeld = byPointerOrKey.current;
    byPointerOrKey.current = false;
    if (wasHeld || disabled) return;
    setArmed(!armed);
    if (armed) onDone();
  };
  return (
    <button
      type="button"
      className="hold"
      data-holding={holding}
      disabled={disabled}
      onPointerDown={(event: PointerEvent<HTMLButtonElement>) => {
        if (event.button !== 0) return;
        event.currentTarget.setPointerCapture(event.pointerId);
        begin();
      }}
      onPointerUp={end}
      onPointerCancel={end}
      onLostPointerCapture={end}
      onBlur={end}
      onKeyUp={end}
      onKeyDown={(event: KeyboardEvent) => {
        if (event.key !== " " && event.key !== "Enter") return;
        event.preventDefault();
        begin();
      }}
      onContextMenu={(event) => event.preventDefault()}
      onClick={press}
    >
      <span className="hold-label">
        {armed ? door.pressAgain : door.hold}
        <span className="only-heard"> {of}</span>
      </span>
    </button>
  );
}
