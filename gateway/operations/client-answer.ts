import type { JournalEntry, Operator, Performed } from "../ports.js";

/** The answer to a client's request as it is sent and, for a repeat, kept (MQTT contract, "Clients"). */
export function clientAnswer(id: string | null, performed: Performed): string {
  if (!performed.ok) return JSON.stringify({ id, status: "error", error: performed.refusal });
  const { result } = performed;
  const says = typeof result === "object" && result !== null && !("status" in result);
  return JSON.stringify({ id, status: "ok", ...(says ? { result } : {}) });
}

/** What to keep of it with the events of the request; nothing for those who are answered once only. */
export function rememberedAnswer(operator: Operator, performed: Performed): JournalEntry["answer"] {
  if (operator.requestId === undefined) return undefined;
  return {
    client: operator.actor.id,
    request: operator.requestId,
    body: clientAnswer(operator.requestId, performed),
  };
}
