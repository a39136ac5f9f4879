import { Button } from "@mantine/core";
import { useContext, useState } from "react";
import { api } from "../api.js";
import { useActing } from "../parts/acting.js";
import { useDone } from "../parts/done.js";
import { Trouble } from "../parts/states.js";
import { endOf, type Lasts, UntilInput } from "../parts/until.js";
import { siteNow, useSiteTime, ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";

const longestMs = 8 * 3_600_000;
/** What the way to the gateway may take. */
const slackMs = 5_000;

/** For how long something raises no alarm: 8 hours at most. */
export function TestForm({
  what,
  name,
  onDone,
}: {
  readonly what: { readonly partition: string } | { readonly zone: string };
  readonly name: string;
  readonly onDone?: () => void;
}) {
  const { arming, doorsPage } = useWords();
  const time = useSiteTime();
  const zone = useContext(ZoneContext);
  const done = useDone();
  const { busy, error, act } = useActing();
  const [lasts, setLasts] = useState<Lasts>({ ending: "one", moment: "" });
  const [fault, setFault] = useState<string>();
  const start = () => {
    const asked = endOf(lasts, zone);
    if (!asked) return setFault(doorsPage.untilPast);
    const most = siteNow().getTime() + longestMs;
    if (Date.parse(asked) > most) return setFault(arming.testLong);
    setFault(undefined);
    const until = new Date(Math.min(Date.parse(asked), most - slackMs)).toISOString();
    return act(async () => {
      if ("partition" in what) await api.testPartition(what.partition, until);
      else await api.testZone(what.zone, until);
      done(arming.testOn(name, time.near(new Date(until), siteNow())), () =>
        "partition" in what ? api.testPartition(what.partition) : api.testZone(what.zone),
      );
      onDone?.();
    });
  };
  return (
    <div className="stack">
      <UntilInput
        value={lasts}
        onChange={(next) => {
          setLasts(next);
          setFault(undefined);
        }}
        endings={["half", "one", "two", "four", "eight", "moment"]}
      />
      {fault && (
        <p className="form-fault" role="alert">
          {fault}
        </p>
      )}
      {error !== undefined && <Trouble error={error} />}
      <div className="actions">
        <Button variant="default" loading={busy} onClick={() => void start()}>
          {arming.testStartOf(name)}
        </Button>
      </div>
    </div>
  );
}
