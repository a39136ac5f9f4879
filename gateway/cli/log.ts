import pino from "pino";
import type { Log } from "../engine.js";
import { printable, type Terminal } from "./terminal.js";

const logLevels = ["trace", "debug", "info", "warn", "error", "silent"] as const;
export type LogLevel = (typeof logLevels)[number];

/** One JSON object a line on stderr, for a log collector. */
export function jsonLog(level: LogLevel): Log {
  return pino({ level, base: null, timestamp: pino.stdTimeFunctions.isoTime }, pino.destination(2));
}

/** `21:04:11 warn  device front-reader: …`, for a person. */
export function readableLog(terminal: Terminal, level: LogLevel): Log {
  const write = (at: LogLevel) => (context: object, message: string) => {
    if (logLevels.indexOf(at) < logLevels.indexOf(level)) return;
    const time = new Date().toTimeString().slice(0, 8);
    terminal.err(`${time} ${at.padEnd(5)} ${printable([message, ...details(context)].join(" "))}\n`);
  };
  return { debug: write("debug"), info: write("info"), warn: write("warn"), error: write("error") };
}

function details(context: object): string[] {
  return Object.entries(context).map(([name, value]) =>
    value instanceof Error
      ? `(${value.message})`
      : `${name}=${typeof value === "string" ? value : JSON.stringify(value)}`,
  );
}
