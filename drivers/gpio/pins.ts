/**
 * Which line of which chip a pin is. The kernel numbers lines through all chips, and where the board's own begin has moved with its
 * versions (0; 399 on a Pi 5 with 6.1; 512 since 6.6): only the chip itself can say. Pure.
 */

export interface Chip {
  /** As libgpiod names it, or as sysfs does. */
  readonly name: string;
  readonly label: string;
  /** The kernel's number of its first line. */
  readonly base: number;
  readonly lines: number;
}

export interface Pin {
  readonly chip: Chip;
  /** Within the chip. */
  readonly line: number;
  /** The kernel's own number. */
  readonly kernel: number;
}

/** The chip behind the pin header: Broadcom's up to the Pi 4, RP1 on the Pi 5. */
const headerLabel = /^pinctrl-(bcm\d+|rp1)$/;

/** The pin that a text such as `GPIO17` or `pinctrl-bcm2711:17` names, or why there is none. */
export function findPin(text: string, chips: readonly Chip[]): Pin | string {
  const named = /^(.+):(\d+)$/.exec(text);
  const chip = named
    ? chips.find(({ name, label }) => name === named[1] || label === named[1])
    : headerChip(chips);
  if (!chip)
    return named
      ? `there is no chip ${named[1]} here, only ${listed(chips)}`
      : `no chip here is a pin header; write the pin with its chip, one of ${listed(chips)}`;
  const line = Number(named?.[2] ?? /(\d+)$/.exec(text)?.[1]);
  if (!(line < chip.lines)) return `${chip.label} has the lines 0 to ${chip.lines - 1}, not ${text}`;
  return { chip, line, kernel: chip.base + line };
}

function headerChip(chips: readonly Chip[]): Chip | undefined {
  return chips.find(({ label }) => headerLabel.test(label)) ?? (chips.length === 1 ? chips[0] : undefined);
}

function listed(chips: readonly Chip[]): string {
  return chips.length === 0 ? "none at all" : chips.map(({ label }) => label).join(", ");
}
