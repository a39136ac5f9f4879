import type { CompletionNode, CompletionValue } from "./tree.js";

export function zshScript(name: string, nodes: readonly CompletionNode[]): string {
  return `#compdef ${name}
# zsh completion for ${name}; load it with: source <(${name} completion zsh), after compinit
${nodes.map((node) => zshFunction(name, node)).join("\n")}
compdef _${name} ${name}
`;
}

function zshFunction(name: string, node: CompletionNode): string {
  const own = [`_${name}`, ...node.path.split(" ").filter((word) => word !== "")].join("_");
  const specs = node.options.flatMap((option) =>
    option.flags.map((flag) => `'${flag}[${zshText(option.description)}]${zshOptionValue(option.value)}'`),
  );
  if (node.commands.length === 0) {
    const positions = node.arguments.map((value) => `'${zshValue(value)}'`);
    return `${own}() {\n  _arguments -s ${[...specs, ...positions].map((spec) => `\\\n    ${spec}`).join(" ")}\n}`;
  }
  const described = node.commands.map((each) => `    '${each.name}:${zshText(each.description)}'`).join("\n");
  const cases = node.commands.map((each) => `        ${each.name}) ${own}_${each.name} ;;`).join("\n");
  return `${own}() {
  local context state state_descr line
  typeset -A opt_args
  local -a commands=(
${described}
  )
  _arguments -C ${specs.map((spec) => `\\\n    ${spec}`).join(" ")} \\
    '1: :->command' '*::argument:->argument'
  case $state in
    command) _describe -t commands command commands ;;
    argument)
      case $line[1] in
${cases}
      esac
      ;;
  esac
}`;
}

function zshOptionValue(value: CompletionValue): string {
  return value.is === "none" ? "" : zshValue(value);
}

function zshValue(value: CompletionValue): string {
  switch (value.is) {
    case "words":
      return `:value:(${value.words.join(" ")})`;
    case "file":
      return ":file:_files";
    case "folder":
      return ":folder:_files -/";
    default:
      return ":value: ";
  }
}

function zshText(text: string): string {
  return text.replaceAll("'", "").replaceAll(/[[\]:]/g, (sign) => `\\${sign}`);
}
