import type { levelsEn, limitsEn } from "./limits-en.js";

export const limitsDe: typeof limitsEn = {
  none: "Kein Bereich im Haus",
  choose: "Wählen Sie einen Bereich",
  chooseHint:
    "Hier steht dann, wie viele Personen er fasst, wer wieder hinein darf und wer Begleitung braucht.",
  unlimited: "ohne Grenzen",
  atMost: (n) => `höchstens ${n}`,
  atLeast: (n) => `niemand oder mindestens ${n}`,
  withEscort: "manche nur mit Begleitung",
  passbackIs: {
    soft: "Wiederholsperre vermerkt",
    hard: "Wiederholsperre",
    timed: "Wiederholsperre auf Zeit",
  },
  max: "Höchstens so viele Personen",
  maxHint: "Leer: so viele, wie kommen. Bei Feuer wird niemand abgewiesen.",
  min: "Niemand, oder mindestens so viele",
  minHint: "Niemand ist dort allein: man kommt und geht gemeinsam, bis es genug sind.",
  fewer: "Das sind mehr, als er fasst.",
  passback: "Zutrittswiederholsperre",
  passbackHint: "Jemand, der nicht beim Gehen gesehen wurde, kommt mit derselben Karte wieder.",
  kinds: {
    none: "Eingelassen",
    soft: "Eingelassen und vermerkt",
    hard: "Abgewiesen",
    timed: "Eine Weile abgewiesen",
  },
  minutes: "So viele Minuten",
  escort: "Manche brauchen hier Begleitung",
  escortHint: "Die, bei denen es auf ihrer Seite steht.",
};

export const levelsDe: typeof levelsEn = {
  usual: "die übliche: ändert nichts",
  usualHint: "Die erste Stufe ist die übliche und ändert an den Türen nichts.",
  nothing: "ändert noch nichts",
  add: "Neue Gefahrenstufe",
  none: "Noch keine Gefahrenstufe",
  noneHint:
    "Eine Gefahrenstufe ändert viele Türen zugleich, mit einem Druck oben auf jeder Seite. Die erste ist die übliche; fügen Sie hinzu, was darüber hinausgeht.",
  choose: "Wählen Sie eine Gefahrenstufe",
  chooseHint: "Hier steht dann, was sie an den Türen ändert und wer noch eingelassen wird.",
  allDoors: "Alle Türen",
  doors: "Türen",
  doorsHint: "Ihre Betriebsart, solange die Stufe gilt. Nennen mehrere Zeilen eine Tür, zählt die erste.",
  doorsOf: (n) => `Türen ${n}`,
  modeOf: (n) => `Betriebsart ${n}`,
  addDoors: "Türen hinzufügen",
  removeDoors: (n) => `Türen ${n} entfernen`,
  only: "Nur diese Gruppen werden eingelassen",
  onlyHint: "Leer: alle Gruppen außer den folgenden. Hinaus kommt immer jeder.",
  deny: "Diese Gruppen werden nicht eingelassen",
  onlyOf: (groups) => `nur ${groups}`,
  notOf: (groups) => `nicht ${groups}`,
};
