import { readFileSync } from "node:fs";
import { CommandFailed, exitCodes } from "./failure.js";
import { readAll, type Terminal } from "./terminal.js";

/** The text of a file, or of stdin for `-`; `name` is what faults call it. */
export async function readInput(file: string, terminal: Terminal): Promise<{ name: string; text: string }> {
  if (file === "-") return { name: "stdin", text: await readAll(terminal.input) };
  try {
    return { name: file, text: readFileSync(file, "utf8") };
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    const why =
      code === "ENOENT"
        ? "there is no such file"
        : code === "EACCES"
          ? "no permission to read it"
          : (error as Error).message;
    throw new CommandFailed(exitCodes.usage, "unreadable", `${file}: ${why}`);
  }
}
