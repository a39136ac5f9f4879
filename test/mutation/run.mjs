/**
 * `npm run mutation`: breaks the rules that let people in, one place at a time, and sees whether a story notices. File by file, and
 * what is known of a file is kept (dist/mutation, or MUTATION_DIR), so that a run can be ended and gone on with:
 *
 *     npm run mutation                    every file of which nothing is known, or that has changed since
 *     npm run mutation -- passback        only files whose path has that in it
 *     npm run mutation -- --survivors     once more what survived, after a story was added
 *     npm run mutation -- --report        what is known, by file, and each survivor
 */
import { mkdirSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { Stryker } from "@stryker-mutator/core";

const folder = process.env.MUTATION_DIR ?? "dist/mutation";
const rules = "gateway/core/access";
const subject = [
  ...readdirSync(rules).map((file) => `${rules}/${file}`),
  "gateway/core/door.ts",
  "gateway/core/precedence.ts",
];
const enough = 85;

const flags = process.argv.slice(2).filter((word) => word.startsWith("--"));
const parts = process.argv.slice(2).filter((word) => !word.startsWith("--"));
const files = subject
  // The short ones first, so that a run that is ended early has left out few.
  .sort((a, b) => statSync(a).size - statSync(b).size)
  .filter((file) => parts.length === 0 || parts.some((part) => file.includes(part)));

const kept = (file) => join(folder, "known", `${file.replaceAll("/", ".")}.json`);
const keyOf = ({ location: { start, end }, mutatorName, replacement }) =>
  [start.line, start.column, end.line, end.column, mutatorName, replacement].join(":");
const isKilled = ({ status }) => status === "Killed" || status === "Timeout";
const survived = ({ status }) => status === "Survived" || status === "NoCoverage";

/** What is known of the file as it is now. */
function known(file) {
  let record;
  try {
    record = JSON.parse(readFileSync(kept(file), "utf8"));
  } catch {
    return undefined;
  }
  return record.source === readFileSync(file, "utf8") ? record.mutants : undefined;
}

async function tried(file, lines) {
  const result = join(folder, "last.json");
  rmSync(result, { force: true });
  await new Stryker({
    configFile: "test/mutation/stryker.config.mjs",
    mutate: lines ? lines.map((line) => `${file}:${line}-${line}`) : [file],
    reporters: ["json"],
    jsonReporter: { fileName: result },
    logLevel: "error",
  }).runMutationTest();
  const found = JSON.parse(readFileSync(result, "utf8")).files[file]?.mutants ?? [];
  return found.map(({ location, mutatorName, replacement, status }) => ({
    location,
    mutatorName,
    replacement,
    status,
  }));
}

function keep(file, mutants) {
  mkdirSync(dirname(kept(file)), { recursive: true });
  writeFileSync(kept(file), JSON.stringify({ source: readFileSync(file, "utf8"), mutants }));
}

function row(name, mutants) {
  const killed = mutants.filter(isKilled).length;
  const lived = mutants.filter(survived).length;
  const score = killed + lived === 0 ? 100 : (100 * killed) / (killed + lived);
  console.log(`${score.toFixed(1).padStart(6)} %  ${killed} of ${killed + lived}  ${name}`);
  return score;
}

if (!flags.includes("--report")) {
  for (const file of files) {
    const before = known(file);
    const again = flags.includes("--survivors") ? before?.filter(survived) : undefined;
    if (before && !again?.length) continue;
    const lines = again && [...new Set(again.map(({ location }) => location.start.line))];
    const now = await tried(file, lines).catch((error) => {
      console.error(`${file}: ${error.message}`);
    });
    if (!now) continue;
    const fresh = new Set(now.map(keyOf));
    keep(file, [...(before ?? []).filter((mutant) => !fresh.has(keyOf(mutant))), ...now]);
    row(file, known(file));
  }
}

const all = [];
for (const file of files) {
  const mutants = known(file);
  if (!mutants) {
    console.log(`     ? %  not tried  ${file}`);
    continue;
  }
  all.push(...mutants);
  row(file, mutants);
  const source = readFileSync(file, "utf8").split("\n");
  for (const { location, mutatorName, replacement, status } of mutants.filter(survived)) {
    const { start, end } = location;
    const was = source.slice(start.line - 1, end.line).join("\n");
    const from = was.slice(start.column - 1, start.line === end.line ? end.column - 1 : undefined);
    const told = (text) => text.replace(/\s+/g, " ").slice(0, 90);
    console.log(
      `           ${start.line}:${start.column} ${mutatorName} ${status === "NoCoverage" ? "(no test comes here) " : ""}${told(from)}  →  ${told(replacement)}`,
    );
  }
}
if (row("all", all) < enough) process.exitCode = 1;
