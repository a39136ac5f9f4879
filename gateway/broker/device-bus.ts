import type { DeviceBus } from "../../drivers/driver.js";

type Up = Parameters<Parameters<DeviceBus["onUp"]>[0]>[0];

/** The levels that the contract retains; what else arrives with the retain flag is passed on as such. */
const level = /^(state|hello|health|(input|lock)\/[1-9]\d{0,2})$/;
/** Levels kept of one device; hello, state and health, and its terminals. */
const levelsPerDevice = 300;
/** A level is a few words; a longer one is passed on and not kept. */
const levelBytes = 8 * 1024;

/** How a connected device is reached. */
export interface DeviceLine {
  /** false: it is going away. */
  send(topic: string, payload: string, qos: 0 | 1): boolean;
  /** Cuts it so that nothing already sent arrives. */
  reset(): void;
}

/**
 * The embedded broker as the drivers' transport. Keeps each device's retained levels itself: nobody but the gateway may read
 * them, and a driver that starts after the devices have come gets them, as retained.
 */
export class EmbeddedDeviceBus implements DeviceBus {
  readonly #upListeners = new Set<(message: Up) => void>();
  readonly #presenceListeners = new Set<(device: string, online: boolean) => void>();
  readonly #lines = new Map<string, DeviceLine>();
  readonly #levels = new Map<string, Map<string, Buffer>>();
  readonly #onFault: (error: unknown) => void;

  /** @param onFault told when a listener threw; the broker goes on */
  constructor(onFault: (error: unknown) => void) {
    this.#onFault = onFault;
  }

  onUp(listener: (message: Up) => void): () => void {
    this.#upListeners.add(listener);
    for (const [device, levels] of this.#levels) {
      // Whether a level counts depends on these two.
      const first = [...levels].filter(([topic]) => topic === "hello" || topic === "state");
      const others = [...levels].filter(([topic]) => topic !== "hello" && topic !== "state");
      for (const [topic, payload] of [...first, ...others]) {
        this.#guarded(() => listener({ device, topic, payload, retained: true, again: false }));
      }
    }
    return () => this.#upListeners.delete(listener);
  }

  async sendDown(device: string, topic: string, payload: string, qos: 0 | 1): Promise<boolean> {
    return this.#lines.get(device)?.send(topic, payload, qos) ?? false;
  }

  onPresence(listener: (device: string, online: boolean) => void): () => void {
    this.#presenceListeners.add(listener);
    return () => this.#presenceListeners.delete(listener);
  }

  isOnline(device: string): boolean {
    return this.#lines.has(device);
  }

  reset(device: string): void {
    this.#lines.get(device)?.reset();
  }

  // ------------------------------------------------------------------------------------------------- the broker's side

  connected(device: string, line: DeviceLine): void {
    this.#lines.set(device, line);
    this.#tellPresence(device, true);
  }

  disconnected(device: string, line: DeviceLine): void {
    if (this.#lines.get(device) !== line) return;
    this.#lines.delete(device);
    this.#tellPresence(device, false);
  }

  /** A message of a device under its own `up/`; `topic` is what follows. */
  heard(device: string, topic: string, payload: Buffer, flags: { retain: boolean; again: boolean }): void {
    const isLevel = level.test(topic);
    if (isLevel && flags.retain) this.#keep(device, topic, payload);
    // The flag on a level asks the broker to keep it; the message itself is of this moment.
    const retained = flags.retain && !isLevel;
    this.#hear(device, topic, payload, retained, flags.again);
  }

  /**
   * A message of a foreign device. Its maker chose what is retained, so that it is kept if it may be one; but the flag is told as
   * it came, since with a card it would not be of this moment.
   */
  heardForeign(
    device: string,
    topic: string,
    payload: Buffer,
    flags: { retain: boolean; again: boolean },
  ): void {
    if (flags.retain) this.#keep(device, topic, payload);
    this.#hear(device, topic, payload, flags.retain, flags.again);
  }

  #hear(device: string, topic: string, payload: Buffer, retained: boolean, again: boolean): void {
    for (const listener of this.#upListeners) {
      this.#guarded(() => listener({ device, topic, payload, retained, again }));
    }
  }

  /** The account is gone for good. */
  forget(device: string): void {
    this.#levels.delete(device);
  }

  #keep(device: string, topic: string, payload: Buffer): void {
    let levels = this.#levels.get(device);
    if (!levels) {
      levels = new Map();
      this.#levels.set(device, levels);
    }
    const full = levels.size >= levelsPerDevice && !levels.has(topic);
    if (payload.length === 0 || payload.length > levelBytes) levels.delete(topic);
    // A copy: the parser's buffer would keep a whole read of the socket alive.
    else if (!full) levels.set(topic, Buffer.from(payload));
  }

  #tellPresence(device: string, online: boolean): void {
    for (const listener of this.#presenceListeners) this.#guarded(() => listener(device, online));
  }

  #guarded(tell: () => void): void {
    try {
      tell();
    } catch (error) {
      this.#onFault(error);
    }
  }
}
