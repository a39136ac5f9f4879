import type { Account, Refusal } from "../ports.js";

/**
 * Requests of clients (`client/{client}/site/{site}/req`) and their answers: worked by whoever owns the operations, a few of each
 * client at once.
 */
export class ClientRequests {
  readonly #atOnce: number;
  readonly #work: (client: Account, payload: Buffer) => Promise<string>;
  readonly #onFault: (error: unknown) => void;
  readonly #working = new Map<string, number>();

  constructor(
    atOnce: number,
    work: (client: Account, payload: Buffer) => Promise<string>,
    onFault: (error: unknown) => void,
  ) {
    this.#atOnce = atOnce;
    this.#work = work;
    this.#onFault = onFault;
  }

  /** The JSON answer, whatever happens. */
  async answer(client: Account, payload: Buffer): Promise<string> {
    const working = this.#working.get(client.id) ?? 0;
    if (working >= this.#atOnce) {
      return refusal(payload, "busy", `${this.#atOnce} requests of this client are being worked already`);
    }
    this.#working.set(client.id, working + 1);
    try {
      return await this.#work(client, payload);
    } catch (error) {
      this.#onFault(error);
      return refusal(payload, "unavailable", "the gateway could not work this request");
    } finally {
      const left = (this.#working.get(client.id) ?? 1) - 1;
      if (left > 0) this.#working.set(client.id, left);
      else this.#working.delete(client.id);
    }
  }
}

/** `{"id":"…","status":"error","error":{…}}`; the id is null where the request has none that can be read. */
export function refusal(request: Buffer, code: Refusal["code"], message: string): string {
  return JSON.stringify({ id: idOf(request), status: "error", error: { code, message } });
}

function idOf(request: Buffer): string | null {
  try {
    const body: unknown = JSON.parse(request.toString("utf8"));
    if (typeof body !== "object" || body === null || !("id" in body)) return null;
    return typeof body.id === "string" && body.id.length <= 200 ? body.id : null;
  } catch {
    return null;
  }
}
