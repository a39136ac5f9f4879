/** People as a town has them, for measuring: names, five thousand groups, a card each and some with two. */
import { closeSync, openSync, writeSync } from "node:fs";

const given = [
  "Anna,Maria,Jens,Peter,Thomas,Ole,Fatima,Zoë,Björn,Katrin,Uwe,Ingrid,Luca,Sofía,Mehmet,Xaver,Yvonne",
  "Quentin,Jürgen,Łukasz",
]
  .join()
  .split(",");
const syllables =
  "mü,ller,sch,mi,dt,han,sen,pet,ers,ber,ger,wei,ß,ko,wal,ski,la,rou,che,van,der,ga,ston,o,nei,ll".split(",");
export const groupCount = 5_000;

/** Spreads well and is the same each time. */
function mixed(i: number, salt: number): number {
  let hash = Math.imul(i + 1, 2_654_435_761) ^ Math.imul(salt + 7, 2_246_822_519);
  hash ^= hash >>> 15;
  hash = Math.imul(hash, 2_246_822_519);
  return (hash ^ (hash >>> 13)) >>> 0;
}

function oneOf(words: readonly string[], i: number, salt: number): string {
  return words[mixed(i, salt) % words.length] ?? "";
}

export function nameOf(i: number): string {
  const family = [2, 3, 4].map((salt) => oneOf(syllables, i, salt)).join("");
  return `${oneOf(given, i, 1)} ${family.charAt(0).toUpperCase()}${family.slice(1)}`;
}

export const idOf = (i: number): string => `p${String(i).padStart(7, "0")}`;

/** Seven bytes, as ISO/IEC 14443-3 has them; two numbers a person. */
export const uidOf = (n: number): string => `04${n.toString(16).padStart(12, "0")}`;

/** Every fifth has two cards, and is here for a time only. Returns how many cards there are. */
export function writePeople(file: string, people: number): number {
  const descriptor = openSync(file, "w");
  let cards = 0;
  let text = "person,name,groups,credential,printed,valid_from,valid_until,status\n";
  for (let i = 0; i < people; i++) {
    const groups = [...new Set([5, 6, 8].map((salt) => `group-${mixed(i, salt) % groupCount}`))].join(";");
    const second = i % 5 === 0;
    text += `${idOf(i)},${nameOf(i)},${groups},uid:${uidOf(i * 2)},${1_000_000 + i * 2},,${second ? "2035-01-01" : ""},\n`;
    if (second) text += `${idOf(i)},,,uid:${uidOf(i * 2 + 1)},${1_000_001 + i * 2},,,\n`;
    cards += second ? 2 : 1;
    if (text.length < 1e6) continue;
    writeSync(descriptor, text);
    text = "";
  }
  writeSync(descriptor, text);
  closeSync(descriptor);
  return cards;
}

export function groupsOfTown(): {
  id: string;
  name: string;
  access: { areas: string[]; schedule: string }[];
}[] {
  return Array.from({ length: groupCount }, (_, i) => ({
    id: `group-${i}`,
    name: `Group ${i}`,
    access: [{ areas: ["hall"], schedule: "always" }],
  }));
}

/** What somebody may type: by how much of it is found. */
export function questions(people: number, each: number): Readonly<Record<string, readonly string[]>> {
  const some = (salt: number) => Array.from({ length: each }, (_, i) => mixed(i, salt) % people);
  const part = (i: number, length: number): string => {
    const name = nameOf(i).split(" ")[1] ?? "";
    return name.slice(0, length);
  };
  return {
    "given name": some(21).map((i) => nameOf(i).split(" ")[0] ?? ""),
    "part of a name": some(22).map((i) => part(i, 5).toUpperCase()),
    "whole name": some(23).map(nameOf),
    "two words": some(24).map((i) => `${part(i, 4)} ${nameOf(i).slice(0, 3)}`),
    "one or two letters": some(25).map((i) => part(i, 1 + (i % 2)).toLowerCase()),
    "two letters of nobody": some(26).map((i) => `${"qxzj"[i % 4]}${"qxjv"[(i >> 2) % 4]}`),
    "nobody's": some(27).map((i) => `xq${i}zz`),
    "printed number": some(28).map((i) => String(1_000_000 + i * 2)),
    "beginning of a number": some(29).map((i) => String(1_000_000 + i * 2).slice(0, 4)),
    "card's number": some(30).map((i) => (uidOf(i * 2).match(/../g) ?? []).join(":").toUpperCase()),
    id: some(31).map(idOf),
  };
}
