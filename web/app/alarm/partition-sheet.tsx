import { Button } from "@mantine/core";
import { useState } from "react";
import type { AlarmBoard, PartitionNow } from "../api.js";
import { Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";
import { useBoard } from "./board.js";
import { PartitionCard } from "./partition-card.js";
import { TestForm } from "./test-form.js";
import { WalkTest } from "./walk-test.js";
import { ZoneTools } from "./zone-tools.js";

/** One partition with all its sensors, and the tests of it. */
export function PartitionSheet({ partition }: { readonly partition: PartitionNow }) {
  const may = useMay();
  const board = useBoard();
  return (
    <>
      <PartitionCard partition={partition} heading="h2" />
      {board.isPending && <Waiting />}
      {board.isError && <Trouble error={board.error} onRetry={() => void board.refetch()} />}
      {board.data && (
        <>
          <WalkTest partition={partition} board={board.data} />
          {may("alarm.test") && partition.arming === "disarmed" && (
            <TestPartition partition={partition} board={board.data} />
          )}
          <Sensors partition={partition} board={board.data} />
        </>
      )}
    </>
  );
}

type Part = { readonly partition: PartitionNow; readonly board: AlarmBoard };

const zonesOf = ({ partition, board }: Part): AlarmBoard["zones"] =>
  board.zones.filter(({ partitions }) => partitions.includes(partition.id));

function TestPartition(part: Part) {
  const { arming } = useWords();
  const { id, name } = part.partition;
  const alone = zonesOf(part).filter(({ onTestAlone }) => onTestAlone);
  return (
    <section className="card" aria-labelledby="on-test">
      <h3 id="on-test">{arming.test}</h3>
      <p className="soft">{arming.testHint}</p>
      {alone.length > 0 && <p>{arming.testHoldUp(alone.map((each) => each.name).join(", "))}</p>}
      <TestForm what={{ partition: id }} name={name} />
    </section>
  );
}

function Sensors(part: Part) {
  const { arming } = useWords();
  const may = useMay();
  const [chosen, setChosen] = useState<AlarmBoard["zones"][number]>();
  const { notReady = [], leftOut = [], zonesOnTest = [] } = part.partition;
  const zones = zonesOf(part);
  const mayUse = may("alarm.bypass") || may("alarm.test");
  if (zones.length === 0) return null;
  return (
    <section className="card" aria-labelledby="sensors">
      <h3 id="sensors">
        {arming.sensors} <span className="soft">{zones.length}</span>
      </h3>
      {mayUse && <p className="soft">{arming.sensorsHint}</p>}
      <ul className="list">
        {zones.map((zone) => {
          const why = notReady.find((each) => each.zone === zone.zone)?.why;
          const out = leftOut.some((each) => each.zone === zone.zone);
          const test = zonesOnTest.some((each) => each.zone === zone.zone);
          return (
            <li key={zone.zone}>
              <div className="list-main">
                <strong>{zone.name}</strong>
                <small>{arming.kinds[zone.kind] ?? zone.kind}</small>
              </div>
              {why && (
                <span className="tag" data-tone="warn">
                  {arming.whys[why]}
                </span>
              )}
              {out && <span className="tag">{arming.leftOut}</span>}
              {test && <span className="tag">{arming.test}</span>}
              {mayUse && (
                <Button
                  variant="default"
                  size="compact-md"
                  aria-label={arming.sensorToolsOf(zone.name)}
                  onClick={() => setChosen(zone)}
                >
                  {arming.sensorTools}
                </Button>
              )}
            </li>
          );
        })}
      </ul>
      {chosen && (
        <ZoneTools
          zone={chosen}
          armed={part.partition.arming !== "disarmed"}
          leftOut={leftOut.find((each) => each.zone === chosen.zone)}
          onClose={() => setChosen(undefined)}
        />
      )}
    </section>
  );
}
