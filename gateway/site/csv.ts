/**
 * CSV (RFC 4180) in pieces: what a spreadsheet saves, cell by cell, as its text comes. Own code, since a million lines are read
 * while doors are answered; `test/site/csv.test.ts` holds it to what csv-parse reads.
 */

export interface CsvRecord {
  readonly cells: readonly string[];
  /** The line in which it begins; lines count from 1. */
  readonly line: number;
}

/** The text is no CSV from this line on. */
export class NotCsv extends Error {
  readonly line: number;
  constructor(line: number, message: string) {
    super(message);
    this.name = "NotCsv";
    this.line = line;
  }
}

/** A quote that does not end would take the whole list into one cell. */
const longestRecordChars = 100_000;

export class CsvReader {
  readonly #take: (record: CsvRecord) => void;
  /** What is not yet a whole record. */
  #rest = "";
  #line = 1;
  /** Where the next quote stands in the text that is being read, or its length. */
  #quote = -1;
  /** Known from the first line on. */
  #delimiter = "";
  #lineBreak = "";

  constructor(take: (record: CsvRecord) => void) {
    this.#take = take;
  }

  /** Throws NotCsv. */
  write(text: string): void {
    this.#rest = this.#rest === "" ? text : this.#rest + text;
    this.#read(false);
  }

  /** The text has ended. Throws NotCsv. */
  end(): void {
    this.#read(true);
  }

  #read(ended: boolean): void {
    if (this.#delimiter === "" && !this.#begin(ended)) return;
    const text = this.#rest;
    // Sought anew in each text, and then only where the last one found has been passed: most lists have hardly any.
    this.#quote = -1;
    let at = 0;
    while (at < text.length) {
      const next = this.#record(text, at, ended);
      if (next === undefined) break;
      at = next;
    }
    this.#rest = text.slice(at);
    if (this.#rest.length > longestRecordChars) {
      throw new NotCsv(
        this.#line,
        `a line is longer than ${longestRecordChars} characters, or a quote does not end`,
      );
    }
  }

  /** What divides cells and lines, from the first line; false: it is not all there yet. */
  #begin(ended: boolean): boolean {
    if (this.#rest.startsWith("\uFEFF")) this.#rest = this.#rest.slice(1);
    const first = /\r\n|\n|\r(?=[^\n])/.exec(this.#rest);
    if (!first && !ended && this.#rest.length <= longestRecordChars) return false;
    const header = first ? this.#rest.slice(0, first.index) : this.#rest;
    const count = (delimiter: string) => header.split(delimiter).length;
    // German spreadsheets write semicolons.
    this.#delimiter = count(";") > count(",") ? ";" : ",";
    this.#lineBreak = first?.[0] === "\r" ? "\r" : "\n";
    return true;
  }

  /** Takes the record that begins at `at`; returns where the next one begins, undefined: its end is not there yet. */
  #record(text: string, at: number, ended: boolean): number | undefined {
    const lineEnd = text.indexOf(this.#lineBreak, at);
    if (lineEnd === -1 && !ended) return undefined;
    const end = lineEnd === -1 ? text.length : lineEnd;
    if (this.#quote < at) {
      const quote = text.indexOf('"', at);
      this.#quote = quote === -1 ? text.length : quote;
    }
    if (this.#quote < end) return this.#quoted(text, at, ended);
    const line = text.slice(at, text.charCodeAt(end - 1) === 13 && end > at ? end - 1 : end);
    if (line !== "") this.#take({ cells: line.split(this.#delimiter), line: this.#line });
    this.#line++;
    return end + 1;
  }

  /** A record in which a quote stands. */
  #quoted(text: string, start: number, ended: boolean): number | undefined {
    const cells: string[] = [];
    let breaks = 0;
    let at = start;
    for (;;) {
      if (text[at] === '"') {
        let cell = "";
        let from = at + 1;
        for (;;) {
          const close = text.indexOf('"', from);
          if (close === -1 || (close === text.length - 1 && !ended)) {
            if (!ended) return undefined;
            throw new NotCsv(this.#line, "a quote does not end");
          }
          cell += text.slice(from, close);
          at = close + 1;
          if (text[at] !== '"') break;
          cell += '"';
          from = at + 1;
        }
        breaks += breaksIn(cell);
        cells.push(cell);
      } else {
        const from = at;
        while (at < text.length && text[at] !== this.#delimiter && !this.#breaksAt(text, at)) {
          if (text[at] === '"')
            throw new NotCsv(this.#line + breaks, "a quote stands in the middle of a cell");
          at++;
        }
        cells.push(text.slice(from, at));
      }
      if (at >= text.length) {
        if (!ended) return undefined;
        break;
      }
      if (this.#breaksAt(text, at)) break;
      if (text[at] !== this.#delimiter) {
        // A carriage return that comes last may yet be the first half of a line break.
        if (text[at] === "\r" && at === text.length - 1 && !ended) return undefined;
        throw new NotCsv(
          this.#line + breaks,
          "after a quoted cell comes neither another cell nor the line's end",
        );
      }
      at++;
    }
    this.#take({ cells, line: this.#line });
    this.#line += breaks + 1;
    return at + (text.startsWith("\r\n", at) ? 2 : 1);
  }

  #breaksAt(text: string, at: number): boolean {
    return text[at] === this.#lineBreak || (text[at] === "\r" && text[at + 1] === this.#lineBreak);
  }
}

function breaksIn(cell: string): number {
  return cell.match(/\r\n|\n|\r/g)?.length ?? 0;
}
