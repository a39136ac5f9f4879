/** A line with a simulated reader on it where time is counted, not waited. */
import { randomBytes } from "node:crypto";
import { FrameParser } from "../../../drivers/osdp/frame.js";
import { type Fact, type LinkSettings, ReaderLink } from "../../../drivers/osdp/link.js";
import { commandsIn, type ReaderSketch, SimulatedReader } from "./simulated-reader.js";

/** A line with one reader on it. `spoil` may change, drop or add what the reader says. */
export class CountedLine {
  now = 0;
  readonly facts: Fact[] = [];
  /** Codes that went out in the clear, in order. */
  readonly clear: number[] = [];
  spoil: (answer: Buffer) => Buffer | undefined = (answer) => answer;
  link: ReaderLink;
  reader: SimulatedReader;

  constructor(
    sketch: Partial<ReaderSketch>,
    panelKey: string | undefined,
    more: Omit<Partial<LinkSettings>, "key"> = {},
  ) {
    this.reader = new SimulatedReader({ address: 1, ...sketch });
    const settings =
      panelKey === undefined
        ? { address: 1, ...more }
        : { address: 1, key: Buffer.from(panelKey, "hex"), ...more };
    this.link = new ReaderLink(settings, (count) => randomBytes(count));
  }

  /** Exchanges, as many as fit in so many milliseconds: one takes 5 ms, silence takes 230. */
  run(ms: number): this {
    const until = this.now + ms;
    while (this.now < until) {
      if (this.link.dueAt > this.now) {
        this.now = Math.min(until, this.link.dueAt);
        continue;
      }
      const sent = Buffer.from(this.link.next(this.now).bytes);
      const [command] = commandsIn(sent).heard;
      if (command && command.scs === undefined) this.clear.push(command.code);
      const answer = command && this.reader.hear(command, this.now);
      const said = answer && this.spoil(answer);
      this.now += said ? 5 : 230;
      let heard: Fact[] | undefined;
      const parser = new FrameParser();
      for (const parsed of said ? [...parser.push(said), ...parser.drop()] : [])
        if (parsed.is === "frame") heard ??= this.link.heard(parsed.frame, this.now);
      this.facts.push(...(heard ?? this.link.silent(this.now)));
    }
    return this;
  }

  of<K extends Fact["is"]>(kind: K): Extract<Fact, { is: K }>[] {
    return this.facts.filter((fact): fact is Extract<Fact, { is: K }> => fact.is === kind);
  }

  cards(): string[] {
    return this.of("reply").flatMap(({ reply }) => (reply.is === "card" ? [reply.bits] : []));
  }

  alarms(): string[] {
    return [...new Set(this.of("alarm").map(({ alarm }) => alarm))];
  }
}
