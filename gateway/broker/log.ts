/** What the broker needs of a log; pino is one. */
export interface BrokerLog {
  debug(context: object, message: string): void;
  warn(context: object, message: string): void;
  error(context: object, message: string): void;
}
