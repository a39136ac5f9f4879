import type { House } from "./house.js";

export interface Frame {
  /** Absent where the frame does not move the cursor. */
  readonly id?: string;
  readonly event: string;
  // biome-ignore lint/suspicious/noExplicitAny: frames are read as a browser reads them.
  readonly data: any;
}

/** Reads a feed as a browser's EventSource does (WHATWG HTML, 9.2.6), and keeps every frame. */
export class FeedReader {
  readonly frames: Frame[] = [];
  /** What a browser would send when it comes back. */
  lastId: string | undefined;
  ended = false;
  readonly status: number;
  readonly #stop: AbortController;
  readonly #done: Promise<void>;

  private constructor(response: Response, stop: AbortController) {
    this.status = response.status;
    this.#stop = stop;
    this.#done = this.#read(response);
  }

  static async open(
    house: Pick<House, "url">,
    cookie: string,
    cursor: { after?: number; lastEventId?: string; language?: string } = {},
    token?: string,
  ): Promise<FeedReader> {
    const stop = new AbortController();
    const asked = new URLSearchParams();
    if (cursor.after !== undefined) asked.set("after", String(cursor.after));
    if (cursor.language !== undefined) asked.set("language", cursor.language);
    const query = asked.size === 0 ? "" : `?${asked}`;
    const headers = {
      ...(token === undefined ? { Cookie: cookie } : { Authorization: `Bearer ${token}` }),
      ...(cursor.lastEventId === undefined ? {} : { "Last-Event-ID": cursor.lastEventId }),
    };
    const response = await fetch(`${house.url}/api/v1/feed${query}`, { headers, signal: stop.signal });
    return new FeedReader(response, stop);
  }

  /** Events by `seq`, in the order they came. */
  get seqs(): number[] {
    return this.frames.filter((frame) => frame.event === "event").map((frame) => frame.data.seq);
  }

  of(event: string): Frame[] {
    return this.frames.filter((frame) => frame.event === event);
  }

  async until(what: (reader: FeedReader) => boolean, withinMs = 10_000): Promise<void> {
    const endAt = performance.now() + withinMs;
    while (!what(this)) {
      if (performance.now() > endAt) {
        throw new Error(`the feed did not come to ${what}: ${JSON.stringify(this.frames.slice(-3))}`);
      }
      await new Promise((look) => setTimeout(look, 5));
    }
  }

  async close(): Promise<void> {
    this.#stop.abort();
    await this.#done;
  }

  async #read(response: Response): Promise<void> {
    let rest = "";
    const decoder = new TextDecoder();
    try {
      for await (const chunk of response.body ?? []) {
        rest += decoder.decode(chunk as Uint8Array, { stream: true });
        const blocks = rest.split("\n\n");
        rest = blocks.pop() ?? "";
        for (const block of blocks) this.#take(block);
      }
    } catch {
      // Cut off, by the gateway or by `close`.
    }
    this.ended = true;
  }

  #take(block: string): void {
    const fields = new Map(
      block
        .split("\n")
        .filter((line) => line !== "" && !line.startsWith(":"))
        .map((line) => [line.slice(0, line.indexOf(":")), line.slice(line.indexOf(":") + 2)] as const),
    );
    const id = fields.get("id");
    if (id !== undefined) this.lastId = id;
    const data = fields.get("data");
    if (data === undefined) return;
    this.frames.push({
      ...(id === undefined ? {} : { id }),
      event: fields.get("event") ?? "message",
      data: JSON.parse(data),
    });
  }
}
