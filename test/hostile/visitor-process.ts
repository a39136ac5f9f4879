/** Who has every right to come in while others attack: a device that connects anew, somebody at a desk. In a process of its own, so that it is as quick as they are. */
import { pause } from "../faults/rounds.js";
import { FeedReader } from "../web/feed-reader.js";
import type { Credentials } from "./building.js";
import { ask, type Visit } from "./cases/web.js";
import { serveHelper } from "./helper.js";
import { signedIn } from "./wire.js";

export type VisitorTold =
  /** Resolves with how long it took, milliseconds; rejects if it is not in after `giveUpMs`. */
  | {
      readonly do: "let-in";
      readonly mqtt: { readonly host: string; readonly port: number };
      readonly who: Credentials;
      readonly from: string;
      readonly giveUpMs: number;
    }
  | {
      readonly do: "visit";
      readonly web: string;
      readonly cookie: string;
      readonly owner: { readonly account: string; readonly password: string };
      readonly from: string;
    }
  | { readonly do: "leave" };

/** As devices do. */
const triesAgainAfterMs = 100;
/** One address may sign in once a second. */
const signsInEveryMs = 1_200;

async function letIn({ mqtt, who, from, giveUpMs }: Extract<VisitorTold, { do: "let-in" }>): Promise<number> {
  const startedAt = performance.now();
  for (;;) {
    try {
      const wire = await signedIn(mqtt, who, { from });
      const tookMs = performance.now() - startedAt;
      wire.destroy();
      return tookMs;
    } catch (error) {
      if (performance.now() - startedAt > giveUpMs) throw error;
      await pause(triesAgainAfterMs);
    }
  }
}

let leave: (() => Promise<Visit>) | undefined;

async function signOut(served: { readonly web: URL }, cookie: string, from: string): Promise<void> {
  const { status } = await ask(served, "DELETE", "/session", { cookie, from });
  if (status >= 300) throw new Error(`signing out was answered ${status}`);
}

/** Signs in again and again, and follows the feed. */
async function visit({ web, cookie, owner, from }: Extract<VisitorTold, { do: "visit" }>): Promise<void> {
  const at = new URL(web);
  const feed = await FeedReader.open({ url: at.origin }, cookie);
  const told = feed.seqs.length;
  const failed: string[] = [];
  let slowestSignInMs = 0;
  let signIns = 0;
  let over = false;
  const visiting = (async () => {
    while (!over) {
      const askedAt = performance.now();
      try {
        const {
          status,
          body,
          cookie: own,
        } = await ask({ web: at }, "POST", "/session", { body: owner, from });
        if (status !== 200) failed.push(`${status} ${body.slice(0, 120)}`);
        // An account has twenty sessions; the twenty-first would end that of the feed.
        else await signOut({ web: at }, own, from);
      } catch (error) {
        failed.push(String(error));
      }
      signIns++;
      slowestSignInMs = Math.max(slowestSignInMs, performance.now() - askedAt);
      await pause(signsInEveryMs);
    }
  })();
  leave = async () => {
    over = true;
    await visiting;
    const events = feed.seqs.length - told;
    const feedEnded = feed.ended;
    await feed.close();
    return { slowestSignInMs, signIns, failed, events, feedEnded };
  };
}

serveHelper<VisitorTold>(async (told) => {
  switch (told.do) {
    case "let-in":
      return letIn(told);
    case "visit":
      return visit(told);
    case "leave":
      return leave?.();
  }
});
