/**
 * The serial port under a line, kept open: it comes back by itself after its adapter was pulled, also under another name, since an
 * adapter is known by its USB serial number. Knows bytes and nothing of OSDP.
 */
import { SerialPort } from "serialport";

/** Where the line is plugged in: the adapter's USB serial number, or a path where it has none. */
export interface PortPlace {
  readonly path?: string;
  readonly usbSerial?: string;
}

export interface AttachedPort {
  readonly path: string;
  readonly serialNumber?: string | undefined;
}

export interface PortListener {
  onUp(path: string): void;
  onDown(why: string): void;
  onBytes(bytes: Uint8Array): void;
}

export interface PortOptions extends PortPlace {
  readonly speed: number;
  /** Which serial ports there are; of the operating system where nobody says. */
  readonly list?: () => Promise<readonly AttachedPort[]>;
}

/** How often a port that is not there is looked for. */
const lookEveryMs = 500;

export class LinePort {
  readonly #options: PortOptions;
  readonly #listener: PortListener;
  /** Learnt when the port was first opened by its path. */
  #usbSerial: string | undefined;
  #speed: number;
  #port: SerialPort | undefined;
  #timer: NodeJS.Timeout | undefined;
  #wanted = false;
  #lastFault = "";

  constructor(options: PortOptions, listener: PortListener) {
    this.#options = options;
    this.#listener = listener;
    this.#usbSerial = options.usbSerial;
    this.#speed = options.speed;
  }

  get isOpen(): boolean {
    return this.#port?.isOpen === true;
  }

  start(): void {
    this.#wanted = true;
    void this.#look();
  }

  async stop(): Promise<void> {
    this.#wanted = false;
    clearTimeout(this.#timer);
    const port = this.#port;
    this.#port = undefined;
    if (port?.isOpen) await new Promise<void>((closed) => port.close(() => closed()));
  }

  write(bytes: Uint8Array): void {
    // Nothing is kept for a port that is gone: what was to be said is no longer meant when it returns.
    if (this.#port?.isOpen) this.#port.write(bytes);
  }

  setSpeed(speed: number): Promise<void> {
    this.#speed = speed;
    const port = this.#port;
    if (!port?.isOpen) return Promise.resolve();
    return new Promise((done, failed) =>
      port.update({ baudRate: speed }, (error) => (error ? failed(error) : done())),
    );
  }

  async #look(): Promise<void> {
    const path = await this.#find();
    if (!this.#wanted || this.#port) return;
    if (path === undefined) {
      this.#later(`no adapter with the USB serial number ${this.#usbSerial} is plugged in`);
      return;
    }
    const port = new SerialPort({ path, baudRate: this.#speed, autoOpen: false });
    this.#port = port;
    port.on("data", (bytes: Uint8Array) => this.#listener.onBytes(bytes));
    port.on("close", (error: Error | null) => this.#gone(port, error?.message ?? "the port was closed"));
    port.on("error", (error) => this.#gone(port, error.message));
    port.open((error) => {
      if (this.#port !== port) {
        if (!error) port.close();
        return;
      }
      if (error) {
        this.#port = undefined;
        this.#later(error.message);
        return;
      }
      this.#lastFault = "";
      void this.#learn(path);
      this.#listener.onUp(path);
    });
  }

  async #find(): Promise<string | undefined> {
    const { path } = this.#options;
    if (this.#usbSerial === undefined) return path;
    const found = (await this.#list()).find(({ serialNumber }) => serialNumber === this.#usbSerial);
    return found?.path ?? (this.#options.usbSerial === undefined ? path : undefined);
  }

  async #learn(path: string): Promise<void> {
    if (this.#usbSerial !== undefined) return;
    this.#usbSerial = (await this.#list()).find((each) => each.path === path)?.serialNumber;
  }

  async #list(): Promise<readonly AttachedPort[]> {
    try {
      return await (this.#options.list ?? (() => SerialPort.list()))();
    } catch {
      // A machine without udev can name no adapters; paths still work.
      return [];
    }
  }

  #gone(port: SerialPort, why: string): void {
    if (this.#port !== port) return;
    this.#port = undefined;
    if (port.isOpen) port.close();
    this.#later(why);
  }

  /** Told once a reason, not at every look. */
  #later(why: string): void {
    if (!this.#wanted) return;
    if (why !== this.#lastFault) this.#listener.onDown(why);
    this.#lastFault = why;
    clearTimeout(this.#timer);
    this.#timer = setTimeout(() => void this.#look(), lookEveryMs);
  }
}
