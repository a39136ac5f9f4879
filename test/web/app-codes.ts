/** An authenticator app: the codes that it would show. */
import { Secret, TOTP } from "otpauth";
import { ask, type House } from "./house.js";

export function codeOf(secret: string, at: number): string {
  return new TOTP({ secret: Secret.fromBase32(secret) }).generate({ timestamp: at });
}

/** Sets up an authenticator app for who has this cookie. */
export async function enrolled(
  house: House,
  cookie: string,
): Promise<{ secret: string; recoveryCodes: string[] }> {
  const { secret } = (await ask(house, cookie, "POST", "/me/totp")).body;
  const confirmed = await ask(house, cookie, "PUT", "/me/totp", { code: codeOf(secret, house.clock.now()) });
  if (confirmed.status !== 200) throw new Error(`not confirmed: ${JSON.stringify(confirmed.body)}`);
  // A code is good once: the next sign-in takes that of the next half minute.
  house.clock.ahead += 30_000;
  return { secret, recoveryCodes: confirmed.body.recoveryCodes };
}
