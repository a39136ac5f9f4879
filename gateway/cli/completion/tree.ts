/** What may follow where on the command line, made from the tree of commands itself, so that it never lags behind. */
import type { Argument, Command, Option } from "commander";

/** What may follow at one place of the command line. */
export interface CompletionNode {
  /** `site import`; empty for the program itself. */
  readonly path: string;
  readonly description: string;
  readonly commands: readonly { readonly name: string; readonly description: string }[];
  readonly options: readonly CompletionOption[];
  readonly arguments: readonly CompletionValue[];
}

interface CompletionOption {
  readonly flags: readonly string[];
  readonly description: string;
  readonly value: CompletionValue;
}

/** What a value is: one of a few words, a file, a folder, or something that no shell can know. */
export type CompletionValue =
  | { readonly is: "words"; readonly words: readonly string[] }
  | { readonly is: "file" | "folder" | "other" | "none" };

/** Every command of the tree, the program first. */
export function completionNodes(program: Command): CompletionNode[] {
  const visit = (
    command: Command,
    path: readonly string[],
    inherited: readonly Option[],
  ): CompletionNode[] => {
    const options = [...command.options, ...inherited];
    return [
      {
        path: path.join(" "),
        description: command.description(),
        commands: command.commands.map((each) => ({ name: each.name(), description: each.description() })),
        options: [
          ...options.filter((option) => !option.hidden).map(completionOption),
          { flags: ["-h", "--help"], description: "show help", value: { is: "none" } },
        ],
        arguments: command.registeredArguments.map(argumentValue),
      },
      ...command.commands.flatMap((each) =>
        visit(each, [...path, each.name()], path.length === 0 ? globals(command) : inherited),
      ),
    ];
  };
  return visit(program, [], []);
}

function globals(program: Command): Option[] {
  return program.options.filter((option) => option.long !== "--version");
}

function completionOption(option: Option): CompletionOption {
  const takesValue = option.required || option.optional;
  return {
    flags: [option.short, option.long].filter((flag) => flag !== undefined),
    description: option.description,
    value: takesValue
      ? completes(option.argChoices, /<([^>]+)>/.exec(option.flags)?.[1] ?? "")
      : { is: "none" },
  };
}

function argumentValue(argument: Argument): CompletionValue {
  return completes(argument.argChoices, argument.name());
}

function completes(choices: readonly string[] | undefined, name: string): CompletionValue {
  if (choices) return { is: "words", words: choices };
  if (name === "file") return { is: "file" };
  if (name === "dir") return { is: "folder" };
  return { is: "other" };
}

/** Every option that is followed by a value. */
export function flagsWithValue(nodes: readonly CompletionNode[]): string[] {
  return [
    ...new Set(
      nodes.flatMap((node) =>
        node.options.filter((option) => option.value.is !== "none").flatMap((option) => option.flags),
      ),
    ),
  ];
}
