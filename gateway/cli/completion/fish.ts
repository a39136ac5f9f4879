import { type CompletionNode, type CompletionValue, flagsWithValue } from "./tree.js";

export function fishScript(name: string, nodes: readonly CompletionNode[]): string {
  const valueFlags = flagsWithValue(nodes).filter((flag) => flag.startsWith("--") || flag.length === 2);
  return `# fish completion for ${name}; load it with: ${name} completion fish | source
function __${name}_path
  set -l path
  set -l skip 0
  for word in (commandline -opc)[2..-1]
    if test $skip -eq 1
      set skip 0
      continue
    end
    if contains -- $word ${valueFlags.join(" ")}
      set skip 1
      continue
    end
    string match -q -- '-*' $word; or set -a path $word
  end
  string join ' ' -- $path
end
function __${name}_at
  set -l path (__${name}_path)
  test "$path" = "$argv[1]"
end
function __${name}_under
  set -l path (__${name}_path)
  test -z "$argv[1]"; or string match -q -- "$argv[1]" "$path"; or string match -q -- "$argv[1] *" "$path"
end
complete -c ${name} -f
${nodes.flatMap((node) => fishLines(name, node)).join("\n")}
`;
}

function fishLines(name: string, node: CompletionNode): string[] {
  const at = `-n '__${name}_at "${node.path}"'`;
  const under = `-n '${node.commands.length > 0 ? `__${name}_at` : `__${name}_under`} "${node.path}"'`;
  return [
    ...node.commands.map(
      (each) => `complete -c ${name} ${at} -a ${each.name} -d '${fishText(each.description)}'`,
    ),
    ...node.options.map(
      (option) =>
        `complete -c ${name} ${under} ${option.flags.map((flag) => (flag.startsWith("--") ? `-l ${flag.slice(2)}` : `-s ${flag.slice(1)}`)).join(" ")}${fishValue(option.value)} -d '${fishText(option.description)}'`,
    ),
    ...node.arguments.flatMap((value) =>
      value.is === "words"
        ? [`complete -c ${name} ${under} -a '${value.words.join(" ")}'`]
        : value.is === "file"
          ? [`complete -c ${name} ${under} -F`]
          : [],
    ),
  ];
}

function fishValue(value: CompletionValue): string {
  switch (value.is) {
    case "none":
      return "";
    case "words":
      return ` -x -a '${value.words.join(" ")}'`;
    case "file":
      return " -r -F";
    case "folder":
      return " -x -a '(__fish_complete_directories)'";
    case "other":
      return " -x";
  }
}

function fishText(text: string): string {
  return text.replaceAll("\\", "\\\\").replaceAll("'", "\\'");
}
