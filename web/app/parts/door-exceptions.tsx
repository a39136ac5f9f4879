import { Button } from "@mantine/core";
import { useContext, useState } from "react";
import { api, type Door } from "../api.js";
import { useMay } from "../session.js";
import { siteNow, useSiteTime, ZoneContext } from "../time.js";
import { useWords } from "../words/words.js";
import { useSayTrouble } from "./acting.js";
import { Confirm } from "./confirm.js";
import { useDone } from "./done.js";
import { endOf, type Lasts, Remaining, UntilInput } from "./until.js";

/** May stand open for a while. */
export function DoorStanding({ door }: { readonly door: Door }) {
  const { doorsPage } = useWords();
  const zone = useContext(ZoneContext);
  const time = useSiteTime();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const [lasts, setLasts] = useState<Lasts>({ ending: "half", moment: "" });
  const until = endOf(lasts, zone);
  const allow = async (at: string | undefined) => {
    try {
      await api.allowOpen(door.id, at);
      const before = door.allowedOpen?.until;
      if (at === undefined) {
        done(doorsPage.allowEnded(door.name), before ? () => api.allowOpen(door.id, before) : undefined);
        return;
      }
      done(doorsPage.allowed(door.name, time.near(new Date(at), siteNow())), () =>
        api.allowOpen(door.id, before),
      );
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <section className="card" aria-labelledby="door-standing">
      <h3 id="door-standing">{doorsPage.standing}</h3>
      <p className="soft">{doorsPage.standingHint}</p>
      {door.allowedOpen && (
        <div className="mode-now" data-changed="true">
          <div className="list-main">
            {doorsPage.allowedOpen(
              door.allowedOpen.by,
              time.near(new Date(door.allowedOpen.until), siteNow()),
            )}
            <small>
              <Remaining until={door.allowedOpen.until} />
            </small>
          </div>
          <Button variant="default" onClick={() => void allow(undefined)}>
            {doorsPage.noLonger}
          </Button>
        </div>
      )}
      <UntilInput value={lasts} onChange={setLasts} endings={["half", "one", "two", "moment"]} />
      <Button variant="default" disabled={until === null} onClick={() => void allow(until ?? undefined)}>
        {doorsPage.allow}
      </Button>
    </section>
  );
}

/** A contact that lies can be taken out of service. */
export function DoorContact({ door }: { readonly door: Door }) {
  const { doorsPage } = useWords();
  const done = useDone();
  const sayTrouble = useSayTrouble();
  const isBypassed = door.alarmsOff === "bypassed";
  const set = async (bypassed: boolean) => {
    try {
      await api.bypassContact(door.id, bypassed);
      done(bypassed ? doorsPage.isBypassed(door.name) : doorsPage.isUnbypassed(door.name), () =>
        api.bypassContact(door.id, !bypassed),
      );
    } catch (error) {
      sayTrouble(error);
    }
  };
  return (
    <section className="card" aria-labelledby="door-contact">
      <h3 id="door-contact">{doorsPage.contact}</h3>
      <p className="soft">{isBypassed ? doorsPage.bypassed : doorsPage.contactHint}</p>
      <Button variant="default" onClick={() => void set(!isBypassed)}>
        {isBypassed ? doorsPage.unbypass : doorsPage.bypass}
      </Button>
    </section>
  );
}

export function DoorEmergency({ door }: { readonly door: Door }) {
  const { door: words, doorsPage } = useWords();
  const may = useMay();
  const done = useDone();
  const [asking, setAsking] = useState<"release" | "reset">();
  return (
    <section className="card" aria-labelledby="door-emergency">
      <h3 id="door-emergency">{doorsPage.emergency}</h3>
      <p className="soft">{doorsPage.emergencyHint}</p>
      <div className="actions">
        {may("emergency.release") && door.lock !== "released" && (
          <Button variant="light" color="red" onClick={() => setAsking("release")}>
            {doorsPage.release}
          </Button>
        )}
        {may("emergency.reset") && door.lock === "released" && (
          <Button variant="light" color="red" onClick={() => setAsking("reset")}>
            {words.endEmergency}
          </Button>
        )}
      </div>
      {asking === "release" && (
        <Confirm
          title={doorsPage.releaseTitle(door.name)}
          doLabel={doorsPage.release}
          onDo={async () => {
            await api.emergencyRelease(door.id);
            done(doorsPage.released(door.name));
          }}
          onClose={() => setAsking(undefined)}
        >
          {doorsPage.releaseSure}
        </Confirm>
      )}
      {asking === "reset" && (
        <Confirm
          title={words.endEmergency}
          doLabel={words.endEmergency}
          onDo={async () => {
            await api.emergencyReset(door.id);
            done(doorsPage.resetDone(door.name));
          }}
          onClose={() => setAsking(undefined)}
        >
          {words.endEmergencySure(door.name)}
        </Confirm>
      )}
    </section>
  );
}
