/** One message of a server-sent event stream (WHATWG HTML, 9.2). */
export interface StreamMessage {
  readonly event: string;
  readonly data: string;
  readonly id: string | undefined;
}

/** A message longer than this is no message of ours. */
const maxBufferedCharacters = 4 * 1024 * 1024;

/** Reads the pieces of a stream as they come; returns the messages that each piece completes. */
export function streamReader(): (piece: string) => StreamMessage[] {
  let rest = "";
  let event = "";
  let id: string | undefined;
  let data: string[] = [];

  const take = (line: string): StreamMessage | undefined => {
    if (line === "") {
      const message = data.length > 0 ? { event: event || "message", data: data.join("\n"), id } : undefined;
      event = "";
      data = [];
      return message;
    }
    const colon = line.indexOf(":");
    const field = colon < 0 ? line : line.slice(0, colon);
    const value = colon < 0 ? "" : line.slice(colon + 1).replace(/^ /, "");
    if (field === "event") event = value;
    if (field === "data") data.push(value);
    if (field === "id") id = value;
    return undefined;
  };

  return (piece) => {
    rest += piece;
    if (rest.length > maxBufferedCharacters) throw new Error("event stream: a line of more than 4 MiB");
    const messages: StreamMessage[] = [];
    // A lone CR at the end may be half of a CRLF.
    let end = rest.search(/\r\n|\n|\r(?!$)/);
    while (end >= 0) {
      const message = take(rest.slice(0, end));
      if (message) messages.push(message);
      rest = rest.slice(end + (rest.startsWith("\r\n", end) ? 2 : 1));
      end = rest.search(/\r\n|\n|\r(?!$)/);
    }
    return messages;
  };
}
