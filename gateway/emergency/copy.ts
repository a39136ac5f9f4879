/**
 * What a gateway needs to work its doors without the database: the site in force and the keys' digests of its devices, in a
 * signed file beside it that follows every change.
 */
import { z } from "zod";
import { accountKinds, roles } from "../ports.js";
import { parseSite, type SiteDocument } from "../site/document.js";
import type { SignedFiles } from "./signed-file.js";

export const copyFile = "emergency-site.json";

const account = z.strictObject({
  id: z.string(),
  kind: z.enum(accountKinds),
  role: z.enum(roles),
  discreet: z.boolean(),
  disabled: z.boolean(),
  secretKind: z.enum(["password", "key", "claim", "none"]),
  secret: z.string(),
  createdAt: z.number(),
  extra: z.record(z.string(), z.union([z.string(), z.number(), z.boolean(), z.null()])),
});
export type CopiedAccount = z.infer<typeof account>;

const contents = z.strictObject({
  v: z.literal(1),
  revision: z.int().min(1),
  document: z.unknown(),
  devices: z.array(account),
});

export interface EmergencyCopy {
  readonly revision: number;
  readonly document: SiteDocument;
  readonly devices: readonly CopiedAccount[];
}

/** Undefined: there is none yet. Throws SignedFileRefused, or what is wrong with its contents. */
export function readCopy(files: SignedFiles): EmergencyCopy | undefined {
  const body = files.read(copyFile);
  if (body === undefined) return undefined;
  const { revision, document, devices } = contents.parse(body);
  const parsed = parseSite(document);
  if (!parsed.ok) throw new Error(`${copyFile}: its site cannot be read: ${parsed.faults[0]?.message}`);
  return { revision, document: parsed.document, devices };
}

/** What the copy is made from, as it is now. */
export interface CopySource {
  site(): Promise<{ readonly revision: number; readonly document: unknown } | undefined>;
  accounts(): Promise<readonly CopiedAccount[]>;
}

/** Keeps the copy in step, one writing after the other; nothing is written that is on file already. */
export class CopyKeeper {
  readonly #files: SignedFiles;
  readonly #source: CopySource;
  readonly #broke: (error: unknown) => void;
  #work: Promise<void> = Promise.resolve();
  #last = "";

  constructor(files: SignedFiles, source: CopySource, broke: (error: unknown) => void) {
    this.#files = files;
    this.#source = source;
    this.#broke = broke;
  }

  /** Never rejects. */
  refresh(): Promise<void> {
    this.#work = this.#work.then(() => this.#write()).catch(this.#broke);
    return this.#work;
  }

  async #write(): Promise<void> {
    const site = await this.#source.site();
    if (!site) return;
    const devices = (await this.#source.accounts()).filter(({ kind }) => kind === "device");
    const body = { v: 1, revision: site.revision, document: site.document, devices };
    const text = JSON.stringify(body);
    this.#last ||= onFile(this.#files);
    if (text === this.#last) return;
    this.#files.write(copyFile, body);
    this.#last = text;
  }
}

/** What a file holds that cannot be believed is written anew. */
function onFile(files: SignedFiles): string {
  try {
    return JSON.stringify(files.read(copyFile)) ?? "";
  } catch {
    return "";
  }
}
