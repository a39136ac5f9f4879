import { Button } from "@mantine/core";
import { useState } from "react";
import { api } from "../api.js";
import { Confirm } from "../parts/confirm.js";
import { useDone } from "../parts/done.js";
import { useLivePart, useMay } from "../session.js";
import { useWords } from "../words/words.js";

/** Lets somebody go whichever way next. It cannot be taken back, so it is asked once. */
export function Forgive({
  whom,
  who,
  label,
}: {
  readonly whom: Parameters<typeof api.forgive>[0];
  readonly who: string;
  readonly label?: string;
}) {
  const { inside } = useWords();
  const may = useMay();
  const done = useDone();
  const [asking, setAsking] = useState(false);
  if (!may("passback.forgive")) return null;
  return (
    <>
      <Button
        variant="default"
        size="compact-md"
        {...(label === undefined ? { "aria-label": inside.forgiveOf(who) } : {})}
        onClick={() => setAsking(true)}
      >
        {label ?? inside.forgive}
      </Button>
      {asking && (
        <Confirm
          title={inside.forgiveTitle(who)}
          doLabel={label ?? inside.forgive}
          onDo={async () => {
            await api.forgive(whom);
            done(inside.forgiven(who));
          }}
          onClose={() => setAsking(false)}
        >
          {inside.forgiveSure}
        </Confirm>
      )}
    </>
  );
}

/** Everybody at once; only where anti-passback holds anybody to anything. */
export function ForgiveAll() {
  const { inside } = useWords();
  const may = useMay();
  const areas = useLivePart(({ plan }) => plan?.areas);
  const held = areas?.filter(({ passback }) => passback !== undefined) ?? [];
  if (held.length === 0 || !may("passback.forgive")) return null;
  return (
    <section className="card" aria-label={inside.forgiveOf(inside.forgiveEverybody)}>
      <dl className="facts">
        {held.map(({ id, name, passback }) => (
          <div key={id} className="fact">
            <dt>{name}</dt>
            <dd>{passback && inside.passback[passback]}</dd>
          </div>
        ))}
      </dl>
      <div className="actions">
        <Forgive whom={{}} who={inside.forgiveEverybody} label={inside.forgiveAll} />
      </div>
    </section>
  );
}
