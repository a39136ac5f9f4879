import type * as english from "./en-inside.js";

export const inside: typeof english.inside = {
  title: "Anwesend",
  total: (certain, possible) => `${certain} sicher im Haus, ${possible} möglicherweise`,
  visitors: (n) => (n === 1 ? "darunter 1 Gast" : `darunter ${n} Gäste`),
  search: "Person oder Bereich suchen",
  areas: "Bereiche",
  areaCount: (n) => String(n),
  ofMost: (n, most) => `${n} von höchstens ${most}`,
  atLeast: (least) => `niemand oder mindestens ${least}`,
  full: "voll",
  tooFew: "zu wenige",
  uncertain: (n) => `${n} davon nicht sicher`,
  people: "Wer ist wo",
  nobody: "Niemand ist bekanntermaßen im Haus",
  nobodyHint:
    "Wer mit einem Ausweis hereinkommt, steht hier unter dem Bereich, in dem er zuletzt gesehen wurde. Türen ohne Leser nach draußen lassen ungesehen hinaus: dann ist jemand nur möglicherweise im Haus.",
  none: (text) => `Niemand passt zu „${text}“`,
  certain: "Sicher hier",
  possible: "Möglicherweise hier",
  possibleHint:
    "Die Tür konnte es nicht sagen, oder es ist so lange her, dass sie ungesehen gegangen sein können.",
  visitor: "Gast",
  seen: (door, time) => `${door}, ${time}`,
  elsewhere: "In Sicherheit, nicht als anwesend bekannt",
  unnamed: "Heute ohne Namen",
  unnamedHint:
    "Mit dem Taster hinaus oder durch eine offene Tür: so viele mehr oder weniger können im Haus sein.",
  unnamedAt: (exits, openings) =>
    `${exits} hinaus, ${openings === 1 ? "1 Öffnung" : `${openings} Öffnungen`}`,
  count: "Alle zählen …",
  countTitle: "Alle zählen?",
  countLead:
    "Wer im Haus ist, gilt als vermisst, bis ihn jemand als sicher meldet oder er seinen Ausweis am Sammelplatz zeigt. Alle Angemeldeten sehen es.",
  countWhere: "Nur diese Bereiche (leer: das ganze Gebäude)",
  countDo: "Zählung beginnen",
  counting: (since, by) => `Die Anwesenden werden seit ${since} gezählt, begonnen von ${by}`,
  missing: (n) => `${n} vermisst`,
  allSafe: "Alle sind in Sicherheit",
  safe: (n) => `${n} in Sicherheit`,
  missingTitle: "Vermisst",
  safeTitle: "In Sicherheit",
  markSafe: "Sicher",
  markSafeOf: (name) => `${name} ist in Sicherheit`,
  isSafe: (name) => `${name} ist in Sicherheit`,
  safeBy: (by, time) => `sicher: ${by}, ${time}`,
  end: "Zählung beenden",
  endTitle: "Zählung beenden?",
  endSure: (missing) =>
    missing === 0
      ? "Alle wurden gefunden."
      : missing === 1
        ? "1 Person wird noch vermisst."
        : `${missing} Personen werden noch vermisst.`,
  ended: "Die Zählung ist beendet",
  print: "Liste drucken",
  printTitle: (site) => `Wer ist im Haus: ${site}`,
  printAt: (time) => `Stand ${time}`,
  columns: { tick: "✓", name: "Name", area: "Bereich", how: "Wie sicher", seen: "Zuletzt gesehen" },
  forgive: "Aufheben",
  forgiveOf: (who) => `Doppelzutrittssperre aufheben: ${who}`,
  forgiveAll: "Für alle aufheben",
  forgiveArea: (area) => `alle in ${area}`,
  forgiveEverybody: "alle",
  forgiveTitle: (who) => `Doppelzutrittssperre aufheben: ${who}?`,
  forgiveSure: "Die Sperre lässt sie als Nächstes in jede Richtung gehen. Wo sie vermutet werden, bleibt.",
  forgiven: (who) => `Doppelzutrittssperre aufgehoben: ${who}`,
  passback: {
    soft: "Doppelzutritt: wird gemeldet",
    hard: "Doppelzutritt: wird abgelehnt",
    timed: "Doppelzutritt: eine Weile abgelehnt",
  },
};

export const emergency: typeof english.emergency = {
  title: "Notfallausweise",
  lead: (most) =>
    `Bis zu ${most} Ausweise, die jede Tür öffnen, auch wenn die Personendaten verloren sind. Sie liegen in einer eigenen signierten Datei, getrennt von allem anderen.`,
  none: "Noch kein Notfallausweis",
  noneHint:
    "Nehmen Sie einen Ausweis, der niemandem gehört, tragen Sie ihn hier ein und legen Sie ihn dorthin, wo die Feuerwehr ihn findet: in das Schlüsseldepot am Tor.",
  refused: "Der Datei der Notfallausweise wird nicht geglaubt",
  added: (time, by) => `hinzugefügt ${time} von ${by}`,
  add: "Notfallausweis hinzufügen",
  name: "Wo er liegt oder wer ihn hat",
  nameHint: "Schlüsseldepot am Tor",
  value: "Nummer der Karte",
  valueHint: "Wie aufgedruckt oder vom Leser gemeldet: 142,51091 · 0009357203 · 04:A1:B2:C3",
  isAdded: (name) => `${name} ist ein Notfallausweis`,
  remove: "Entfernen",
  removeOf: (name) => `${name} entfernen`,
  removeTitle: (name) => `${name} entfernen?`,
  removeSure: "Er öffnet keine Tür mehr, auch nicht bei verlorenen Daten.",
  removed: (name) => `${name} ist entfernt`,
  full: (most) => `Es gibt schon ${most}: erst einen entfernen.`,
  newest: (time) => `Die Datei wurde zuletzt ${time} geändert.`,
};
