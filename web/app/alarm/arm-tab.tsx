import { IconArrowLeft } from "@tabler/icons-react";
import { Link } from "wouter";
import { Empty, HelpLink } from "../parts/states.js";
import { useLivePart } from "../session.js";
import { useWords } from "../words/words.js";
import { PartitionCard, SheetLink } from "./partition-card.js";
import { PartitionSheet } from "./partition-sheet.js";

/** All partitions; or one, with its sensors and tests. */
export function ArmTab({ chosen }: { readonly chosen: string | undefined }) {
  const { arming, pages } = useWords();
  const partitions = useLivePart((state) => state.partitions);
  if (chosen !== undefined) {
    const partition = partitions.get(chosen);
    return (
      <div className="narrow stack">
        <Link href="/alarms/arm" className="to-list">
          <IconArrowLeft size={18} aria-hidden /> {arming.toList}
        </Link>
        {partition ? <PartitionSheet key={chosen} partition={partition} /> : <Empty title={arming.gone} />}
      </div>
    );
  }
  if (partitions.size === 0)
    return (
      <Empty title={arming.none} action={<HelpLink page="alarm">{pages.help}</HelpLink>}>
        {arming.noneHint}
      </Empty>
    );
  return (
    <div className="cards partitions">
      {[...partitions.values()].map((partition) => (
        <PartitionCard key={partition.id} partition={partition} heading="h2">
          <SheetLink partition={partition} />
        </PartitionCard>
      ))}
    </div>
  );
}
