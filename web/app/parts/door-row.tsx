import { memo } from "react";
import { Link } from "wouter";
import type { Door } from "../api.js";
import { useWords } from "../words/words.js";
import { conditionOf, factsOf } from "./door-words.js";
import { Remaining } from "./until.js";

/** A door in a list: what it is called and how it is, with what somebody set. */
export const DoorRow = memo(function DoorRow({
  door,
  chosen,
}: {
  readonly door: Door;
  readonly chosen: boolean;
}) {
  const words = useWords();
  const { tone, word } = conditionOf(door);
  const troubled = (door.troubles?.length ?? 0) > 0;
  return (
    <li className="door-row" data-tone={troubled && tone === "rest" ? "warning" : tone} data-chosen={chosen}>
      <div className="list-main">
        <Link href={`/doors/${door.id}`} className="list-link" aria-current={chosen ? "true" : undefined}>
          {door.name}
        </Link>
        <small>{factsOf(door, words, door.override === null)}</small>
        {door.troubles?.map((trouble) => (
          <small key={trouble} className="door-trouble">
            {words.doorsPage.troubles[trouble]}
          </small>
        ))}
        {door.override && (
          <small className="door-override">
            {words.doorsPage.changedBy(words.doorsPage.modeNames[door.mode], door.override.by)},{" "}
            <Remaining until={door.override.until} />
          </small>
        )}
      </div>
      <span className="door-word">{words.door[word]}</span>
    </li>
  );
});
