import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect } from "react";
import { api } from "../api.js";
import { useLivePart } from "../session.js";

const key = ["alarm-board"] as const;
/** What changes in quick succession is asked for once. */
const restMs = 250;

/** What stands in the way of arming, what may be left out, how walk tests stand; asked anew whenever a partition changes. */
export function useBoard() {
  const client = useQueryClient();
  const partitions = useLivePart((state) => state.partitions);
  // biome-ignore lint/correctness/useExhaustiveDependencies: another state of the partitions is another board
  useEffect(() => {
    const soon = setTimeout(() => void client.invalidateQueries({ queryKey: key }), restMs);
    return () => clearTimeout(soon);
  }, [client, partitions]);
  return useQuery({
    queryKey: key,
    queryFn: api.alarmBoard,
    placeholderData: (before) => before,
    staleTime: 0,
  });
}
