import type { traitsEn } from "./traits-en.js";

export const traitsDe: typeof traitsEn = {
  title: "Besonderes",
  of: {
    contractor: "Fremdfirma: kommt nur mit gültiger Unterweisung herein",
    visitor: "Besucher",
    "needs-escort": "Kommt in manche Bereiche nur mit Begleitung",
    escort: "Darf andere begleiten",
    "extended-time": "Hat länger Zeit, durch eine Tür zu gehen",
    "may-prop": "Darf Türen offen halten",
    "passback-exempt": "Zutrittswiederholsperre wird nur vermerkt",
    maintenance: "Wird an Türen in Wartung eingelassen",
  },
  sponsorHint:
    "Wer für jemanden von einer Fremdfirma einsteht. Eingelassen wird er nur, solange diese Person es wird.",
  inductedUntil: "Unterweisung gültig bis",
  inductedHint: "Für Fremdfirmen nötig; bei allen anderen begrenzt ein Datum, und keines begrenzt nicht.",
  trainings: "Schulungen",
  trainingsHint: "Benannt wie in den Rechten der Gruppen. Jede zählt bis zu ihrem Datum.",
  training: (n) => `Schulung ${n}`,
  trainingUntil: (n) => `Schulung ${n} ist gültig bis`,
  removeTraining: (n) => `Schulung ${n} entfernen`,
  addTraining: "Schulung hinzufügen",
  trainingShape: "Kleine Buchstaben, Ziffern und Striche",
  trainingTwice: "Dieselbe Schulung steht zweimal da.",
  trained: (training, until) => `${training} bis ${until}`,
};
