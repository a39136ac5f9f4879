import { type CompletionNode, type CompletionValue, flagsWithValue } from "./tree.js";

export function bashScript(name: string, nodes: readonly CompletionNode[]): string {
  const paths = nodes.filter((node) => node.path !== "").map((node) => `"${node.path}"`);
  const valueFlags = flagsWithValue(nodes);
  return `# bash completion for ${name}; load it with: source <(${name} completion bash)
_${name}() {
  local cur="\${COMP_WORDS[COMP_CWORD]}" prev="\${COMP_WORDS[COMP_CWORD-1]}" path="" word next position=0 i
  COMPREPLY=()
  for ((i = 1; i < COMP_CWORD; i++)); do
    word="\${COMP_WORDS[i]}"
    case "$word" in
      ${valueFlags.join("|")}) ((i++)); continue ;;
      -*) continue ;;
    esac
    next="\${path:+$path }$word"
    case "$next" in
      ${paths.join("|")}) path="$next"; position=0 ;;
      *) ((position++)) ;;
    esac
  done
  case "$path:$prev" in
${nodes.flatMap(bashOptionValues).join("\n")}
  esac
  case "$path" in
${nodes.map(bashWords).join("\n")}
  esac
}
complete -F _${name} ${name}
`;
}

function bashOptionValues(node: CompletionNode): string[] {
  return node.options
    .filter((option) => option.value.is !== "none")
    .map(
      (option) =>
        `    ${option.flags.map((flag) => `"${node.path}:${flag}"`).join("|")}) ${bashValue(option.value)}; return ;;`,
    );
}

function bashWords(node: CompletionNode): string {
  const flags = node.options.flatMap((option) => option.flags).join(" ");
  const commands = node.commands.map((each) => each.name).join(" ");
  const values = node.arguments
    .map((value, index) => `        ${index}) ${bashValue(value)} ;;`)
    .filter((line) => !line.includes(") : ;;"));
  return [
    `    "${node.path}")`,
    `      if [[ "$cur" == -* ]]; then COMPREPLY=($(compgen -W "${flags}" -- "$cur")); return; fi`,
    ...(commands === "" ? [] : [`      COMPREPLY=($(compgen -W "${commands}" -- "$cur"))`]),
    ...(values.length === 0 ? [] : [`      case "$position" in`, ...values, `      esac`]),
    `      ;;`,
  ].join("\n");
}

function bashValue(value: CompletionValue): string {
  switch (value.is) {
    case "words":
      return `COMPREPLY=($(compgen -W "${value.words.join(" ")}" -- "$cur"))`;
    case "file":
      return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -f -- "$cur"))`;
    case "folder":
      return `compopt -o filenames 2>/dev/null; COMPREPLY=($(compgen -d -- "$cur"))`;
    default:
      return ":";
  }
}
