import type { Request } from "express";
import type { RelyingParty } from "./needs.js";
import type { WebParts } from "./parts.js";

const named = /^([a-z0-9](?:[a-z0-9.-]{0,251}[a-z0-9])?)(?::(\d{1,5}))?$/;

/**
 * What passkeys are bound to here: the name that the browser called us by, if it is localhost or one that was configured. An
 * address of numbers cannot have passkeys (WebAuthn level 3, 5.1.2), and a name that somebody else's page made up must not.
 */
export function relyingParty(request: Request, { hosts, tls }: WebParts): RelyingParty | undefined {
  const host = request.headers.host?.toLowerCase() ?? "";
  const [, name, port] = named.exec(host) ?? [];
  if (name === undefined) return undefined;
  const loopback = name === "localhost";
  if (!loopback && !hosts.includes(name)) return undefined;
  const at = port === undefined ? name : `${name}:${port}`;
  // A configured name without TLS here has it in front of us: browsers make passkeys over TLS only, but on localhost.
  return { id: name, origins: [tls || !loopback ? `https://${at}` : `http://${at}`] };
}
