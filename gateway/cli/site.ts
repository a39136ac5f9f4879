import { writeFileSync } from "node:fs";
import type { Command } from "commander";
import type { Fault, Performed } from "../ports.js";
import type { SiteDocument } from "../site/document.js";
import { siteToYaml } from "../site/yaml.js";
import { wholeNumber } from "./arguments.js";
import { type Context, dataDirOf, group, namedDataDir, operate, show, withConnection } from "./context.js";
import { CommandFailed, refused } from "./failure.js";
import { readInput } from "./input-file.js";
import { faulty, parseSiteFile, type SiteFile } from "./site-file.js";
import { table } from "./table.js";
import { printable } from "./terminal.js";

/** What `site.import` and `site.rollback` answer; `revision` is the one in force afterwards. */
interface Changed {
  readonly revision: number;
  readonly changes: readonly unknown[];
  readonly dryRun?: true;
}

interface ChangeOptions {
  readonly dryRun?: true;
  readonly note?: string;
}

const revisionNumber = wholeNumber(1, Number.MAX_SAFE_INTEGER);

export function addSiteCommands(program: Command, context: Context): void {
  const site = group(program, "site", "the site document: what the building is like");

  site
    .command("check")
    .description("check a site document; with --data also whether that building allows the change")
    .argument("<file>", "site document in YAML; - reads stdin")
    .action((file: string, _options: unknown, command: Command) => check(context, command, file));

  site
    .command("import")
    .description("put a site document in force as the next revision, whole or not at all")
    .argument("<file>", "site document in YAML; - reads stdin")
    .option("--dry-run", "only show what would change")
    .option("--note <text>", "why; kept in the history")
    .action((file: string, options: ChangeOptions, command: Command) =>
      importSite(context, command, file, options),
    );

  site
    .command("export")
    .description("print a site document as YAML; with --json as JSON with its revision")
    .option("--revision <n>", "an earlier one (default: the one in force)", revisionNumber)
    .option("--output <file>", "write it there instead")
    .action((options: { revision?: number; output?: string }, command: Command) =>
      exportSite(context, command, options),
    );

  site
    .command("history")
    .description("every revision, with who, when and why")
    .action((_options: unknown, command: Command) => history(context, command));

  site
    .command("change")
    .description("put, change or remove single groups, schedules, holidays and door groups")
    .argument("<file>", "a list of changes in YAML or JSON; - reads stdin")
    .option("--base <n>", "the revision that they were made on (default: the one in force)", revisionNumber)
    .option("--dry-run", "only show what would change")
    .option("--note <text>", "why; kept in the history")
    .action((file: string, options: ChangeOptions & { base?: number }, command: Command) =>
      changeSite(context, command, file, options),
    );

  site
    .command("rollback")
    .description("put an earlier revision in force again, as the next one")
    .argument("<revision>", "number of the revision", revisionNumber)
    .option("--dry-run", "only show what would change")
    .option("--note <text>", "why; kept in the history")
    .action(async (revision: number, options: ChangeOptions, command: Command) => {
      const result = await operate<Changed>(context, command, "site.rollback", {
        revision,
        ...changeParams(options),
      });
      show(context, command, result, changedText);
    });
}

function changeParams({ dryRun, note }: ChangeOptions): object {
  return { ...(dryRun ? { dryRun } : {}), ...(note === undefined ? {} : { note }) };
}

/** The answer about a document that came from a file: its faults are led back to the file's lines. */
function answered<T>(answer: Performed, { placed }: SiteFile): T {
  if (answer.ok) return answer.result as T;
  const { faults, ...refusal } = answer.refusal;
  const failure = refused(refusal);
  throw new CommandFailed(failure.exitCode, failure.code, failure.message, placed(faults ?? []));
}

async function check(context: Context, command: Command, file: string): Promise<void> {
  const { name, text } = await readInput(file, context.terminal);
  const siteFile = parseSiteFile(name, text);
  const faults = await localFaults(siteFile.document, dataDirOf(context, command));
  const building =
    faults.length > 0 || namedDataDir(command) === undefined
      ? { faults, changes: undefined }
      : await withConnection(context, command, async (connection) =>
          answered<{ faults: readonly Fault[]; changes: readonly unknown[] }>(
            await connection.perform("site.check", { document: siteFile.document }),
            siteFile,
          ),
        );
  if (building.faults.length > 0) throw faulty(name, siteFile.placed(building.faults));
  const { changes } = building;
  show(
    context,
    command,
    { file: name, valid: true, ...(changes === undefined ? {} : { changes }) },
    () => `${name}: valid\n${changes === undefined ? "" : changesText(changes)}`,
  );
}

async function localFaults(document: unknown, dataDir: string): Promise<readonly Fault[]> {
  const [{ readSite }, { registry }, { presetFacts, readPresets }] = await Promise.all([
    import("../building.js"),
    import("../../drivers/registry.js"),
    import("../presets.js"),
  ]);
  const read = readSite(document, {
    drivers: [...registry.keys()],
    presets: presetFacts(readPresets(dataDir)),
  });
  return read.ok ? [] : read.faults;
}

async function importSite(
  context: Context,
  command: Command,
  file: string,
  options: ChangeOptions,
): Promise<void> {
  const { name, text } = await readInput(file, context.terminal);
  const siteFile = parseSiteFile(name, text);
  const result = await withConnection(
    context,
    command,
    async (connection) =>
      answered<Changed>(
        await connection.perform("site.import", { document: siteFile.document, ...changeParams(options) }),
        siteFile,
      ),
    { create: options.dryRun !== true },
  );
  show(context, command, result, changedText);
}

async function changeSite(
  context: Context,
  command: Command,
  file: string,
  options: ChangeOptions & { base?: number },
): Promise<void> {
  const { text } = await readInput(file, context.terminal);
  const { parse } = await import("yaml");
  const result = await withConnection(context, command, async (connection) => {
    const asked = async <T>(name: string, params: object): Promise<T> => {
      const answer = await connection.perform(name, params);
      if (answer.ok) return answer.result as T;
      throw refused(answer.refusal);
    };
    const base = options.base ?? (await asked<{ revision: number }>("site.export", {})).revision;
    return asked<Changed>("site.change", { base, changes: parse(text) as unknown, ...changeParams(options) });
  });
  show(context, command, result, changedText);
}

async function exportSite(
  context: Context,
  command: Command,
  options: { revision?: number; output?: string },
): Promise<void> {
  const result = await operate<{ revision: number; document: SiteDocument }>(
    context,
    command,
    "site.export",
    options.revision === undefined ? {} : { revision: options.revision },
  );
  const { output } = options;
  if (output === undefined) {
    show(context, command, result, ({ document }) => siteToYaml(document));
    return;
  }
  writeFileSync(output, siteToYaml(result.document));
  show(
    context,
    command,
    { revision: result.revision, file: output },
    () => `${output}: revision ${result.revision}\n`,
  );
}

async function history(context: Context, command: Command): Promise<void> {
  const result = await operate<{
    current: number | null;
    revisions: readonly { revision: number; by: string; note: string | null; at: string }[];
  }>(context, command, "site.history", {});
  show(context, command, result, ({ current, revisions }) =>
    revisions.length === 0
      ? "No site has been imported yet.\n"
      : table(
          [
            {
              title: "REVISION",
              value: (r) => `${r.revision}${r.revision === current ? " *" : ""}`,
              right: true,
            },
            { title: "AT", value: (r) => r.at },
            { title: "BY", value: (r) => r.by, shrinks: true },
            { title: "WHY", value: (r) => r.note, shrinks: true },
          ],
          revisions,
          context.terminal.columns,
        ),
  );
}

function changedText({ revision, changes, dryRun }: Changed): string {
  if (dryRun) return `Nothing was changed; it would be:\n${changesText(changes)}`;
  if (changes.length === 0) return `Nothing to change: revision ${revision} says the same.\n`;
  return `Revision ${revision} is in force.\n${changesText(changes)}`;
}

function changesText(changes: readonly unknown[]): string {
  if (changes.length === 0) return "  no change\n";
  return changes
    .map((change) => `  ${printable(typeof change === "string" ? change : JSON.stringify(change))}\n`)
    .join("");
}

function _count(n: number, what: string): string {
  return `${n} ${what}${n === 1 ? "" : "s"}`;
}
