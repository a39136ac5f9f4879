import {
  browserSupportsWebAuthn,
  type PublicKeyCredentialCreationOptionsJSON,
  type PublicKeyCredentialRequestOptionsJSON,
  startAuthentication,
  startRegistration,
} from "@simplewebauthn/browser";
import { api, type PasskeyProof } from "./api.js";

export const passkeysWork = (): boolean => browserSupportsWebAuthn() && window.isSecureContext;

/** The browser asked, and nobody answered: closed, timed out, or none for here. */
export class NoPasskey extends Error {}

async function given<T>(asking: Promise<T>): Promise<T> {
  try {
    return await asking;
  } catch (error) {
    throw new NoPasskey("no passkey was given", { cause: error });
  }
}

/** To sign in, or once more for what needs a fresh sign-in. */
export async function proveByPasskey(account?: string): Promise<PasskeyProof> {
  const { challengeId, options } = await api.passkeyChallenge(account);
  const optionsJSON = options as PublicKeyCredentialRequestOptionsJSON;
  const answer = await given(startAuthentication({ optionsJSON }));
  return { challengeId, passkey: { ...answer } };
}

export async function makePasskey(name: string) {
  const { challengeId, options } = await api.passkeyOptions();
  const optionsJSON = options as PublicKeyCredentialCreationOptionsJSON;
  return api.addPasskey({ challengeId, name, response: await given(startRegistration({ optionsJSON })) });
}
