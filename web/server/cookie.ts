import type { Response } from "express";

/** `__Host-` binds the cookie to this host, to TLS and to the root path (RFC 6265bis, 4.1.3.2). */
function cookieName(tls: boolean): string {
  return tls ? "__Host-gatewarden" : "gatewarden";
}

/** The session's token, if the request has one. */
export function tokenFrom(header: string | undefined, tls: boolean): string | undefined {
  const wanted = `${cookieName(tls)}=`;
  const pair = header?.split(";").find((each) => each.trim().startsWith(wanted));
  const token = pair?.trim().slice(wanted.length);
  return token === "" ? undefined : token;
}

export function giveToken(response: Response, token: string, tls: boolean, endsInMs: number): void {
  response.cookie(cookieName(tls), token, { ...attributes(tls), maxAge: Math.ceil(endsInMs / 1000) * 1000 });
}

export function takeToken(response: Response, tls: boolean): void {
  response.clearCookie(cookieName(tls), attributes(tls));
}

function attributes(tls: boolean) {
  return { httpOnly: true, sameSite: "strict", secure: tls, path: "/" } as const;
}
