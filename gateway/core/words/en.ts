/** English: the texts stand in the catalogues themselves, beside what they belong to. */
import { type EventType, eventCatalogue } from "../events.js";
import { type AnyReason, allReasons, requestRefusals } from "../reasons.js";
import { remedyTexts } from "../remedies.js";
import { spokenEnglish } from "../schedule.js";
import { doorModes } from "../site.js";
import type { Words } from "./words.js";

export const en: Words = {
  events: Object.fromEntries(
    Object.entries(eventCatalogue).map(([type, { text }]) => [type, text]),
  ) as Record<EventType, string>,
  reasons: allReasons as Readonly<Record<AnyReason, { text: string; remedy: string }>>,
  requestRemedies: Object.fromEntries(
    Object.entries(requestRefusals).map(([word, { remedy }]) => [word, remedy]),
  ),
  remedies: remedyTexts,
  modes: Object.fromEntries(doorModes.map((mode) => [mode, mode])) as Words["modes"],
  ...spokenEnglish,
  from: "from {from}",
  fromUntil: "from {from} until {until}",
  wouldBe: "would be let in {what}",
  or: ", or ",
  and: " and ",
  ifSo: "if {what}",
  unknown: "unknown",
  unknownCard: "an unknown card ({shown})",
  card: "card {credential}",
  somebodyWithPin: "somebody with a PIN",
  allDoors: "all doors",
  inputs: { "key-switch": "key switch", loop: "vehicle loop", "safety-edge": "safety edge" },
  data: {},
  phrases: [],
};
