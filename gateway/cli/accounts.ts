import { type Command, Option } from "commander";
import type { Account, Role } from "../ports.js";
import { wholeNumber } from "./arguments.js";
import { type Context, group, operate, show } from "./context.js";
import { properties, table } from "./table.js";

/** A key that the gateway made; it is told once and kept only as a digest. */
interface Keyed {
  readonly id: string;
  readonly key: string;
}

const clientRoles = ["central", "auditor", "manager", "guard", "viewer"] as const satisfies readonly Role[];
const shownOnce = "The key is shown this once; the gateway keeps only its digest.\n";

export function addAccountCommands(program: Command, context: Context): void {
  const device = group(program, "device", "devices and their accounts");
  addDeviceListCommand(device, context);
  device
    .command("add")
    .description("give a device its account and print its key")
    .argument("<device>", "id of the device, as in the site document; also its MQTT user name and client id")
    .option(
      "--foreign",
      "of another maker (Shelly, Tasmota, ...): it may never speak the gateway's own topics",
    )
    .action(async (device: string, options: { foreign?: true }, command: Command) => {
      const keyed = await operate<Keyed & { foreign?: true; prefix?: string }>(
        context,
        command,
        "device.add",
        { device, ...(options.foreign ? { foreign: true } : {}) },
        { create: true },
      );
      show(context, command, keyed, (k) => foreignText(k) + keyText(k));
    });

  group(program, "client", "accounts of other systems")
    .command("add")
    .description("give a central system or a script its account and print its key")
    .argument("<client>", "id of the account; also its MQTT user name and client id")
    .addOption(new Option("--role <role>", "what it may do").choices(clientRoles).default("viewer"))
    .option("--name <name>", "what people call it")
    .option("--discreet", "it may see hold-up and duress")
    .action(
      async (client: string, options: { role: Role; name?: string; discreet?: true }, command: Command) => {
        const params = {
          client,
          role: options.role,
          ...(options.name === undefined ? {} : { name: options.name }),
          ...(options.discreet ? { discreet: true } : {}),
        };
        const keyed = await operate<Keyed & { role: Role }>(context, command, "client.add", params, {
          create: true,
        });
        show(context, command, keyed, (k) => properties([["role", k.role]]) + keyText(k));
      },
    );

  addOwnAccountCommands(program, context);

  group(program, "owner", "the first person to sign in")
    .command("claim")
    .description("print a secret with which somebody becomes owner, once")
    .option("--minutes <n>", "how long it is good (default: 60)", wholeNumber(1, 10_080))
    .action(async (options: { minutes?: number }, command: Command) => {
      const claim = await operate<{ secret: string; expiresAt: string | null; urls: readonly string[] }>(
        context,
        command,
        "owner.claim",
        options.minutes === undefined ? {} : { minutes: options.minutes },
        { create: true },
      );
      show(context, command, claim, ({ secret, expiresAt, urls }) =>
        properties([
          ["secret", secret],
          ["good until", expiresAt ?? "it is used"],
          ["sign in at", urls.length > 0 ? urls.join(" ") : "the web address, once the gateway runs"],
        ]),
      );
    });
}

function addOwnAccountCommands(program: Command, context: Context): void {
  const account = group(program, "account", "all accounts: people, devices, other systems");

  account
    .command("list")
    .description("every account, without its secret")
    .action(async (_options: unknown, command: Command) => {
      const result = await operate<{ accounts: readonly (Account & { name?: string })[] }>(
        context,
        command,
        "account.list",
        {},
      );
      show(context, command, result, ({ accounts }) =>
        accounts.length === 0
          ? "There are no accounts yet.\n"
          : table(
              [
                { title: "ACCOUNT", value: (a) => a.id },
                { title: "NAME", value: (a) => a.name, shrinks: true },
                { title: "KIND", value: (a) => (a.foreign ? `${a.kind}, foreign` : a.kind) },
                { title: "ROLE", value: (a) => a.role },
                { title: "STATE", value: (a) => (a.disabled ? "disabled" : "active") },
              ],
              accounts,
              context.terminal.columns,
            ),
      );
    });

  for (const [name, disabled, description] of [
    ["disable", true, "end an account's sessions and let it in no more"],
    ["enable", false, "let a disabled account in again"],
  ] as const) {
    account
      .command(name)
      .description(description)
      .argument("<account>", "id of the account")
      .action(async (id: string, _options: unknown, command: Command) => {
        const result = await operate<{ account: Account }>(context, command, "account.disable", {
          account: id,
          disabled,
        });
        show(context, command, result, () => `Account ${id} is ${name}d.\n`);
      });
  }

  account
    .command("rotate")
    .description("give a device or a client a new key; the old one ends at once")
    .argument("<account>", "id of the account")
    .action(async (id: string, _options: unknown, command: Command) => {
      const keyed = await operate<Keyed>(context, command, "account.rotate", { account: id });
      show(context, command, keyed, keyText);
    });
}

interface DeviceList {
  readonly of: number;
  readonly online: number;
  readonly batteryLow: number;
  readonly tampered: number;
  readonly devices: readonly {
    readonly id: string;
    readonly name: string;
    readonly online: boolean;
    readonly trust: string;
    readonly battery: number | null;
    readonly rssi: number | null;
    readonly model: string | null;
    readonly firmware: string | null;
  }[];
}

function addDeviceListCommand(device: Command, context: Context): void {
  device
    .command("list")
    .description("every device of the site: whether it is there, and how it is")
    .action(async (_options: unknown, command: Command) => {
      const list = await operate<DeviceList>(context, command, "device.list", {});
      show(context, command, list, (shown) => deviceListText(shown, context.terminal.columns));
    });
}

export function deviceListText(
  { of, online, batteryLow, tampered, devices }: DeviceList,
  columns: number,
): string {
  if (of === 0) return "The site has no devices yet.\n";
  const troubles = [
    ...(batteryLow > 0 ? [`${batteryLow} with low battery`] : []),
    ...(tampered > 0 ? [`${tampered} tampered with`] : []),
  ];
  const summary = [`${online} of ${of} online`, ...troubles].join(", ");
  const rows = table(
    [
      { title: "DEVICE", value: (d) => d.id },
      { title: "NAME", value: (d) => d.name, shrinks: true },
      { title: "STATE", value: (d) => (d.online ? "online" : "away") },
      { title: "TRUST", value: (d) => d.trust },
      { title: "BATTERY", value: (d) => (d.battery === null ? "" : `${d.battery} %`) },
      { title: "SIGNAL", value: (d) => (d.rssi === null ? "" : `${d.rssi} dBm`) },
      { title: "MODEL", value: (d) => [d.model, d.firmware].filter(Boolean).join(" "), shrinks: true },
    ],
    devices,
    columns,
  );
  return `${rows}${summary}\n`;
}

function foreignText({ foreign, prefix }: { foreign?: true; prefix?: string }): string {
  if (!foreign) return "";
  return properties([
    ["trust", "of another maker: limited to its own topics"],
    ["topics", prefix === undefined ? "none until the site has it, with a prefix" : `${prefix}/...`],
  ]);
}

function keyText({ id, key }: Keyed): string {
  return `${properties([
    ["account", id],
    ["key", key],
  ])}${shownOnce}`;
}
