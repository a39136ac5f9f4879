import { Argument, type Command } from "commander";
import { bashScript } from "./completion/bash.js";
import { fishScript } from "./completion/fish.js";
import { type CompletionNode, completionNodes } from "./completion/tree.js";
import { zshScript } from "./completion/zsh.js";
import { type Context, show } from "./context.js";

const shells = ["bash", "zsh", "fish"] as const;
type Shell = (typeof shells)[number];

const scripts: Readonly<Record<Shell, (name: string, nodes: readonly CompletionNode[]) => string>> = {
  bash: bashScript,
  zsh: zshScript,
  fish: fishScript,
};

function completionScript(program: Command, shell: Shell): string {
  return scripts[shell](program.name(), completionNodes(program));
}

export function addCompletionCommand(program: Command, context: Context): void {
  program
    .command("completion")
    .description("print a completion script for your shell")
    .addArgument(new Argument("<shell>").choices(shells))
    .action((shell: Shell, _options: unknown, command: Command) =>
      show(context, command, { shell, script: completionScript(program, shell) }, ({ script }) => script),
    );
}
