import { printable } from "./terminal.js";

export interface Column<Row> {
  readonly title: string;
  readonly value: (row: Row) => string | number | null | undefined;
  /** Numbers line up at the right. */
  readonly right?: true;
  /** May be cut when the table is too wide; the others never are. */
  readonly shrinks?: true;
}

const gap = "  ";
const smallestShrunk = 8;

/** Lines of a table no wider than `width` characters, as long as its columns that do not shrink fit. */
export function table<Row>(columns: readonly Column<Row>[], rows: readonly Row[], width: number): string {
  const cells = rows.map((row) => columns.map((column) => shown(column.value(row))));
  const widths = columns.map((column, index) =>
    Math.max(length(column.title), ...cells.map((line) => length(line[index] ?? ""))),
  );
  shrink(columns, widths, width);
  const lines = [columns.map((column) => column.title), ...cells];
  return lines
    .map((line) =>
      line
        .map((cell, index) => fitted(cell, widths[index] ?? 0, columns[index]?.right === true))
        .join(gap)
        .trimEnd(),
    )
    .map((line) => `${line}\n`)
    .join("");
}

function shown(value: string | number | null | undefined): string {
  return value === null || value === undefined || value === ""
    ? "-"
    : printable(String(value)).replace(/\s+/g, " ");
}

function shrink<Row>(columns: readonly Column<Row>[], widths: number[], width: number): void {
  let over = widths.reduce((sum, w) => sum + w, 0) + gap.length * (widths.length - 1) - width;
  while (over > 0) {
    const widest = columns.reduce<number | undefined>((best, column, index) => {
      if (column.shrinks !== true || (widths[index] ?? 0) <= smallestShrunk) return best;
      return best === undefined || (widths[index] ?? 0) > (widths[best] ?? 0) ? index : best;
    }, undefined);
    if (widest === undefined) return;
    widths[widest] = (widths[widest] ?? 0) - 1;
    over -= 1;
  }
}

function fitted(cell: string, width: number, right: boolean): string {
  const letters = [...cell];
  if (letters.length > width) return `${letters.slice(0, Math.max(0, width - 1)).join("")}…`;
  const space = " ".repeat(width - letters.length);
  return right ? space + cell : cell + space;
}

function length(text: string): number {
  return [...text].length;
}

/** `name:  value` lines, for one thing with a few properties. */
export function properties(pairs: readonly (readonly [name: string, value: unknown])[]): string {
  const widest = Math.max(0, ...pairs.map(([name]) => length(name)));
  return pairs
    .map(
      ([name, value]) =>
        `${name}:${" ".repeat(widest - length(name) + gap.length)}${shown(value as string)}\n`,
    )
    .join("");
}

/** Breaks text at spaces so that no line is wider than `width`, unless one word is. */
export function wrap(text: string, width: number, indent = ""): string {
  const lines: string[] = [];
  let line = indent;
  for (const word of text.split(/\s+/)) {
    if (line.length > indent.length && length(line) + 1 + length(word) > width) {
      lines.push(line);
      line = indent;
    }
    line += line.length > indent.length ? ` ${word}` : word;
  }
  return `${[...lines, line].join("\n")}\n`;
}
