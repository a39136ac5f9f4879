import { Button } from "@mantine/core";
import { IconUrgent } from "@tabler/icons-react";
import { Link } from "wouter";
import { toneOf, useAlarmNames } from "../alarm/names.js";
import { useLivePart } from "../session.js";
import { useWords } from "../words/words.js";
import { Row } from "./strip-row.js";

const mostNamed = 2;

/** The open alarms, on every page. */
export function StripAlarms() {
  const { alarms, strip } = useWords();
  const names = useAlarmNames();
  const all = useLivePart((state) => state.incidents);
  const burning = useLivePart((state) => (state.house?.fires?.length ?? 0) > 0);
  const incidents = all.filter(({ kind }) => kind !== "fire" || !burning);
  const unanswered = incidents.filter(({ acknowledged }) => !acknowledged);
  const grave = incidents.some((each) => toneOf(each) === "critical");
  const named = incidents.slice(0, mostNamed).map(names.incident);
  const more = incidents.length > mostNamed ? ` ${strip.more(incidents.length - mostNamed)}` : "";
  const [only] = incidents;
  return (
    <Row
      tone={grave ? "critical" : "warning"}
      icon={<IconUrgent size={20} aria-hidden />}
      title={`${alarms.strip(incidents.length)}: ${named.join(", ")}${more}`}
      detail={unanswered.length > 0 ? alarms.stripNew(unanswered.length) : alarms.stripKnown}
    >
      <Button
        component={Link}
        href={incidents.length === 1 && only ? `/alarms/queue/${only.id}` : "/alarms"}
        variant="default"
        size="compact-md"
      >
        {alarms.stripOpen}
      </Button>
    </Row>
  );
}
