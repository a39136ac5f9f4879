import { Button } from "@mantine/core";
import { api, type PartitionNow } from "../api.js";
import { useSayTrouble } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";

/** Leaves sensors out and lets them count again, each with its way back. */
export function useLeavingOut() {
  const { arming } = useWords();
  const done = useDone();
  return {
    leaveOut: async (zone: string, name: string, until: "session" | "removed") => {
      await api.bypassZone(zone, until);
      done(arming.isLeftOut(name), () => api.unbypassZone(zone));
    },
    letCount: async (zone: string, name: string, until: "session" | "removed") => {
      await api.unbypassZone(zone);
      done(arming.countsAgain(name), () => api.bypassZone(zone, until));
    },
  };
}

/** What raises no alarm now, who left it out, and until when. */
export function LeftOut({ partition: { arming: now, leftOut = [] } }: { readonly partition: PartitionNow }) {
  const { arming } = useWords();
  const may = useMay();
  const sayTrouble = useSayTrouble();
  const { letCount } = useLeavingOut();
  if (leftOut.length === 0) return null;
  return (
    <div>
      <p className="partition-open">{arming.leftOut}</p>
      <ul className="list">
        {leftOut.map(({ zone, name, by, until, auto }) => (
          <li key={zone}>
            <div className="list-main">
              <strong>{name}</strong>
              <small>{arming.leftOutUntil[auto ? "auto" : until](by)}</small>
            </div>
            {may("alarm.bypass") && now === "disarmed" && (
              <Button
                variant="default"
                size="compact-md"
                aria-label={arming.countsOf(name)}
                onClick={() => letCount(zone, name, until).catch(sayTrouble)}
              >
                {arming.counts}
              </Button>
            )}
          </li>
        ))}
      </ul>
    </div>
  );
}
