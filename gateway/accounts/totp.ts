/** Time-based one-time passwords (RFC 6238) as authenticator apps know them: SHA-1, six digits, thirty seconds. */
import { Secret, TOTP } from "otpauth";

const periodS = 30;
/** Steps before and after now that are taken too: clocks of phones differ. */
const tolerance = 1;

function generator(account: string, secret: Secret): TOTP {
  return new TOTP({
    issuer: "Gatewarden",
    label: account,
    algorithm: "SHA1",
    digits: 6,
    period: periodS,
    secret,
  });
}

export interface TotpSecret {
  /** Base 32, for who types it. */
  readonly secret: string;
  /** `otpauth://…`, for a QR code. */
  readonly uri: string;
}

/** 160 random bits (RFC 4226, 4 R6). */
export function newTotpSecret(account: string): TotpSecret {
  const secret = new Secret({ size: 20 });
  return { secret: secret.base32, uri: generator(account, secret).toString() };
}

export function looksLikeTotp(code: string): boolean {
  return /^\d{6}$/.test(code.replace(/\s/g, ""));
}

/**
 * The step that this code is of, if it is right now or one step off, and later than `after`: a code that was used is not taken
 * again, nor is an older one (RFC 6238, 5.2).
 */
export function totpStep(secret: string, code: string, now: number, after: number): number | undefined {
  const delta = generator("", Secret.fromBase32(secret)).validate({
    token: code.replace(/\s/g, ""),
    timestamp: now,
    window: tolerance,
  });
  if (delta === null) return undefined;
  const step = Math.floor(now / 1_000 / periodS) + delta;
  return step > after ? step : undefined;
}
