import { Button } from "@mantine/core";
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, type Proof } from "../api.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { Trouble, Waiting } from "../parts/states.js";
import { useMay } from "../session.js";
import { useWords } from "../words/words.js";

const key = ["alarm-proof"] as const;
/** Quiet for so long, somebody should look whether it lives. */
const longDays = 7;

/** What has not been seen working for long, and what cries wolf. */
export function ProofList() {
  const { proof } = useWords();
  const found = useQuery({ queryKey: key, queryFn: api.proof });
  if (found.isPending) return <Waiting />;
  if (found.isError) return <Trouble error={found.error} onRetry={() => void found.refetch()} />;
  return (
    <div className="narrow stack">
      <p className="soft">{proof.lead}</p>
      <Nuisance nuisance={found.data.nuisance} />
      <QuietOnes quiet={found.data.quiet} />
      <Sirens sirens={found.data.sirens} />
    </div>
  );
}

function Nuisance({ nuisance }: Pick<Proof, "nuisance">) {
  const { proof } = useWords();
  return (
    <section className="card" aria-labelledby="proof-nuisance">
      <h2 id="proof-nuisance">{proof.nuisance}</h2>
      <p className="soft">{nuisance.length === 0 ? proof.noNuisance : proof.nuisanceHint}</p>
      <ul className="list">
        {nuisance.map(({ zone, name, thisWeek, lastWeek, mend }) => (
          <li key={zone}>
            <div className="list-main">
              <strong>{name}</strong>
              <small>{proof.mends[mend]}</small>
            </div>
            <span className="tag" data-tone="warn">
              {proof.wolf(thisWeek, lastWeek)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function QuietOnes({ quiet }: Pick<Proof, "quiet">) {
  const { arming, proof } = useWords();
  const long = quiet.filter(({ days }) => days === null || days >= longDays);
  const lately = quiet.filter((each) => !long.includes(each));
  const said = (days: number | null) =>
    days === null ? proof.never : days === 0 ? proof.today : proof.quietDays(days);
  const list = (zones: Proof["quiet"]) => (
    <ul className="list">
      {zones.map(({ zone, name, kind, days }) => (
        <li key={zone}>
          <div className="list-main">
            <strong>{name}</strong>
            <small>{arming.kinds[kind] ?? kind}</small>
          </div>
          <span>{said(days)}</span>
        </li>
      ))}
    </ul>
  );
  return (
    <section className="card" aria-labelledby="proof-quiet">
      <h2 id="proof-quiet">{proof.quiet}</h2>
      <p className="soft">{long.length === 0 ? proof.allWell : proof.longOnly(long.length)}</p>
      {list(long)}
      {lately.length > 0 && (
        <details className="conditions">
          <summary>{proof.others(lately.length)}</summary>
          {list(lately)}
        </details>
      )}
    </section>
  );
}

function Sirens({ sirens }: Pick<Proof, "sirens">) {
  const { proof } = useWords();
  const may = useMay();
  const client = useQueryClient();
  const done = useDone();
  const [asked, setAsked] = useState<Proof["sirens"][number]>();
  return (
    <section className="card" aria-labelledby="proof-sirens">
      <h2 id="proof-sirens">{proof.sirens}</h2>
      {sirens.length === 0 && <p className="soft">{proof.noSirens}</p>}
      <ul className="list">
        {sirens.map((each) => (
          <li key={each.siren}>
            <div className="list-main">
              <strong>{each.name}</strong>
              <small>{each.days === null ? proof.neverSounded : proof.sounded(each.days)}</small>
            </div>
            {may("alarm.test") && (
              <Button
                variant="default"
                size="compact-md"
                aria-label={proof.testSirenOf(each.name)}
                onClick={() => setAsked(each)}
              >
                {proof.testSiren}
              </Button>
            )}
          </li>
        ))}
      </ul>
      {asked && (
        <Confirm
          title={proof.testTitle(asked.name)}
          doLabel={proof.testSiren}
          onDo={async () => {
            await api.testSiren(asked.siren);
            await client.invalidateQueries({ queryKey: key });
            done(proof.tested(asked.name));
          }}
          onClose={() => setAsked(undefined)}
        >
          {proof.testSure}
        </Confirm>
      )}
    </section>
  );
}
