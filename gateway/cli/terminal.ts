/** The streams a command talks through; tests give their own. */
export interface Terminal {
  readonly input: NodeJS.ReadableStream;
  out(text: string): void;
  err(text: string): void;
  /** Characters in a line of a table: the terminal's, or 80 where there is none. */
  readonly columns: number;
  /** stderr is a terminal: progress may be redrawn on one line. */
  readonly progress: boolean;
}

const plainColumns = 80;

export function processTerminal(): Terminal {
  const { stdin, stdout, stderr } = process;
  return {
    input: stdin,
    out: (text) => void stdout.write(text),
    err: (text) => void stderr.write(text),
    columns: stdout.isTTY ? Math.max(40, stdout.columns || plainColumns) : plainColumns,
    progress: stderr.isTTY === true,
  };
}

/**
 * Names and file contents may hold control characters and text direction marks, which a terminal would obey (window titles,
 * rewritten lines). They are shown as `�`.
 */
export function printable(text: string): string {
  return text.replace(/(?![\n\t])[\p{Cc}\p{Bidi_Control}]/gu, "�");
}

/** Draws `text` over the last progress line; nothing where stderr is a file or a pipe. */
export function progress(terminal: Terminal, text: string): void {
  if (terminal.progress) terminal.err(`\r\u001b[2K${text}`);
}

export async function readAll(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) chunks.push(typeof chunk === "string" ? Buffer.from(chunk) : chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** One line that is not shown while it is typed; from a pipe or a file the first line. */
export async function readSecret({ input, err }: Terminal, prompt: string): Promise<string> {
  const keyboard = input as Partial<NodeJS.ReadStream> & NodeJS.ReadableStream;
  const silent = keyboard.isTTY === true && keyboard.setRawMode !== undefined;
  if (!silent) return (await readAll(input)).split(/\r?\n/)[0]?.trim() ?? "";
  err(prompt);
  keyboard.setRawMode?.(true);
  try {
    return await typed(keyboard);
  } finally {
    keyboard.setRawMode?.(false);
    keyboard.pause();
    err("\n");
  }
}

function typed(keyboard: NodeJS.ReadableStream): Promise<string> {
  return new Promise((resolve) => {
    let text = "";
    const take = (piece: Buffer | string): void => {
      for (const key of piece.toString()) {
        if (key === "\r" || key === "\n" || key === "\u0004" || key === "\u0003") {
          keyboard.off("data", take);
          resolve(key === "\u0003" ? "" : text);
          return;
        }
        text = key === "\u007f" || key === "\b" ? text.slice(0, -1) : text + key;
      }
    };
    keyboard.on("data", take);
  });
}
