/** Builds and wires everything; the only file that knows every part. */
import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join, resolve } from "node:path";
import type { Driver } from "../drivers/driver.js";
import type { OsdpDesk } from "../drivers/osdp/desk.js";
import type { ForeignDevice } from "../drivers/preset/preset.js";
import { registry, type Wires } from "../drivers/registry.js";
import { createWeb } from "../web/server/app.js";
import { type Serving, serveWeb } from "../web/server/listen.js";
import { openSessions } from "../web/server/sessions.js";
import { type AccountBook, keyedAccounts, openAccounts } from "./accounts/accounts.js";
import { may, permissions } from "./accounts/permissions.js";
import { openSignInKeys } from "./accounts/sign-in-keys.js";
import { SignInThrottle } from "./accounts/throttle.js";
import { startBroker } from "./broker/broker.js";
import type { BrokerLimits } from "./broker/limits.js";
import type { ListenerOptions } from "./broker/listeners.js";
import { SiteTopics } from "./broker/site-topics.js";
import { activeSite } from "./building.js";
import { defaultConfig, type GatewayConfig, readConfig } from "./config.js";
import { type EventBody, isSilent } from "./core/events.js";
import type { Device } from "./core/site.js";
import { applyChanges, type Change, emptyState } from "./core/state.js";
import { type EmergencyBadges, openEmergencyBadges, withEmergencyBadges } from "./emergency/badges.js";
import { CopyKeeper, type CopySource } from "./emergency/copy.js";
import { openEmergencyStore } from "./emergency/emergency-store.js";
import { type SignedFiles, signedFiles } from "./emergency/signed-file.js";
import { type ActiveSite, Engine, type Log } from "./engine.js";
import { Housekeeping } from "./housekeeping.js";
import { LogRoomWatch } from "./log-room.js";
import { describeWith, namesOf } from "./names.js";
import { oneAtATime } from "./one-at-a-time.js";
import type { HouseParts, Listening } from "./operations/house-parts.js";
import { ImportDesk } from "./operations/import-desk.js";
import { localAdministrator } from "./operations/operator.js";
import { operationsOf } from "./operations/perform.js";
import { keepPace } from "./pace.js";
import { PinKeyWatch } from "./pin-key-watch.js";
import { openPinKey, Pins, withPins } from "./pins.js";
import type { Clock, ClockTrust, Operations } from "./ports.js";
import { type Presets, presetFacts, readPresets } from "./presets.js";
import { pulseOf } from "./pulse.js";
import { openReaderKeys } from "./reader-keys.js";
import { RequestDesk } from "./request-desk.js";
import { scanMemoryMs } from "./scans.js";
import { parseSite } from "./site/document.js";
import { folderPaths } from "./store/folder.js";
import { openStore, type Store } from "./store/store.js";
import { hostClock, timeService } from "./time-service.js";
import { version } from "./version.js";
import { VisitorsEnd } from "./visitors-end.js";

export interface HouseOptions {
  readonly dataDir: string;
  readonly configFile?: string;
  readonly log?: Log;
}

/** The data folder, opened: everything can be looked at and changed, and nothing runs. */
export interface House {
  readonly operations: Operations;
  close(): Promise<void>;
}

export interface GatewayOptions extends HouseOptions {
  readonly overrides?: { readonly mqttPort?: number; readonly webPort?: number };
  /** Instead of what the configuration says: who answers for the clock. */
  readonly clockTrust?: ClockTrust;
}

export interface Ready {
  readonly version: string;
  readonly site: string | null;
  readonly revision: number | null;
  readonly mqtt: Listening["mqtt"];
  readonly web: Listening["web"];
  readonly controlSocket: string;
  readonly pid: number;
  /** The database is lost, for this reason: only emergency badges open doors. */
  readonly emergency?: string;
}

export interface RunningGateway {
  readonly ready: Ready;
  readonly house: House;
  /** Resolves if its own supply is nearly used up and it has to stop: doors are as they are to be without it, and that is written. */
  readonly powerDown: Promise<void>;
  /** Everything stops in order: no new work, what is decided is written, the last head is signed. */
  stop(reason: string): Promise<void>;
}

const clock: Clock = { now: () => Date.now(), monotonic: () => performance.now() };

/** Opens the data folder to work on it without running anything. Rejects with DataFolderInUse if a gateway runs on it. */
export async function openHouse(options: HouseOptions): Promise<House> {
  const config = configOf(options);
  const foundation = await openFoundation(options);
  try {
    const { operations, parts } = await furnish(foundation, config, new Map(), nothingListens);
    await parts.imports.open();
    return {
      operations,
      close: async () => {
        await parts.imports.close();
        await foundation.store.close();
      },
    };
  } catch (error) {
    await foundation.store.close();
    throw error;
  }
}

/** Runs the gateway until `stop`. Rejects, with nothing left running, if any part cannot start. */
export async function startGateway(options: GatewayOptions): Promise<RunningGateway> {
  const config = configOf(options);
  const foundation = await openWhatIsLeft(options);
  const { log, store, accounts, emergency, lost } = foundation;
  const closing: (() => Promise<void>)[] = [() => store.close()];
  const closeAll = async (): Promise<void> => {
    for (const close of closing.splice(0).reverse()) {
      await close().catch((error: unknown) => log.error({ err: error }, "a part did not stop cleanly"));
    }
  };
  try {
    const late: { house?: Furnished; desk?: RequestDesk; readers?: OsdpDesk } = {};
    /** As the site in force has it; anything else is no device of another maker. */
    const foreignDevice = (id: string): ForeignDevice | undefined => {
      const device = late.house?.parts.engine.active?.site.devices.get(id);
      return isForeignDevice(device) ? device : undefined;
    };
    const broker = await startBroker({
      root: config.mqtt.root,
      site: () => late.house?.parts.engine.active?.site.id ?? "",
      accounts: keyedAccounts(accounts),
      foreignPrefix: (id) => foreignDevice(id)?.prefix,
      listeners: mqttListeners(config, options.overrides?.mqttPort),
      limits: mqttLimits(config),
      log,
      onRequest: async (client, payload) => {
        if (!late.desk) throw new Error("the gateway is just starting");
        return late.desk.answer(client, payload);
      },
      onNote: (event) => late.house?.parts.engine.note(event),
    });
    closing.push(() => broker.stop());

    const placeOf = (device: string) => late.house?.parts.engine.active?.site.devices.get(device);
    const keys = openReaderKeys(foundation.dataDir);
    const wires: Wires = {
      bus: broker.bus,
      foreign: { bus: broker.foreign, device: foreignDevice, presets: foundation.presets },
      osdp: { placeOf: (device) => placeOf(device)?.osdp, keys },
      gpio: {
        placeOf: (device) => placeOf(device)?.gpio,
        isWell: pulseOf(store.journal, clock, () => late.house?.parts.engine.running === true),
      },
      onOsdpDesk: (desk) => {
        late.readers = desk;
      },
    };
    const drivers = new Map([...registry].map(([name, make]) => [name, make(wires)] as const));
    const web: { url: string }[] = [];
    const listening = (): Listening => ({ mqtt: broker.addresses, web });
    const house = await furnish(foundation, config, drivers, listening, options.clockTrust, {
      readers: () => late.readers,
      onSite: () => setImmediate(() => broker.reconsider()),
    });
    const { engine } = house.parts;
    late.house = house;
    late.desk = new RequestDesk(house.parts, house.operations);
    closing.push(watchDisk(store, engine));
    const endPace = keepPace(store.journal, (held) => broker.hold(held));
    closing.push(async () => endPace());
    await engine.start(store.openedWith.lastAt);
    closing.push(() => engine.stop("stopped"));
    closing.push(() => house.parts.imports.close());
    await house.parts.imports.open();
    const badges = emergency.list().length;
    if (lost) engine.note({ type: "system.emergency-mode", reason: lost.why, data: { badges } });
    if (emergency.refused !== undefined)
      engine.note({ type: "system.emergency-file-refused", reason: emergency.refused });
    const pinKeyLost = lost ? undefined : await house.parts.pinKeyWatch.lost();
    if (pinKeyLost) engine.note({ type: "system.pin-key-lost", data: { people: pinKeyLost.people } });
    const { keepDays, capacityBytes } = house.parts.logLimits;
    const room = new LogRoomWatch(store, (event) => void engine.note(event), capacityBytes);
    const housekeeping = new Housekeeping({ store, state: engine.state, clock, log }, keepDays, room);
    housekeeping.start();
    closing.push(() => housekeeping.stop());
    const visitors = new VisitorsEnd({ store, engine, clock, log });
    visitors.start();
    closing.push(() => visitors.stop());
    const topics = new SiteTopics({
      publish: broker.publishSite.bind(broker),
      live: engine,
      muster: (most) => engine.musterSummary(most),
      now: () => clock.now(),
      version: house.parts.version,
      boot: randomUUID(),
      isSilent,
    });
    topics.start();
    closing.push(() => topics.stop());

    const powerDown = untilPowerDown(engine);
    const served = await serve(options, config, foundation, house);
    closing.push(served.stop);
    web.push({ url: served.url });
    const site = engine.active?.site;
    return {
      ready: {
        version: house.parts.version,
        site: site?.id ?? null,
        revision: site?.revision ?? null,
        mqtt: broker.addresses,
        web,
        controlSocket: served.controlSocket,
        pid: process.pid,
        ...(lost ? { emergency: lost.why } : {}),
      },
      house: { operations: house.operations, close: closeAll },
      powerDown,
      stop: closeAll,
    };
  } catch (error) {
    await closeAll();
    throw error;
  }
}

// -------------------------------------------------------------------------------------------------------- the parts

interface Foundation {
  readonly dataDir: string;
  readonly log: Log;
  readonly store: Store;
  readonly accounts: AccountBook;
  readonly files: SignedFiles;
  readonly emergency: EmergencyBadges;
  readonly presets: Presets;
  /** What a start reads of the database, read once. */
  readonly changes: readonly Change[];
  readonly active: ActiveSite | undefined;
  /** The database is lost: why it could not be opened. */
  readonly lost?: { readonly why: string };
}

interface Furnished {
  readonly parts: HouseParts;
  readonly operations: Operations;
}

const silent: Log = { debug: () => {}, info: () => {}, warn: () => {}, error: () => {} };
const nothingListens = (): Listening => ({ mqtt: [], web: [] });

async function openFoundation({ dataDir, log = silent }: HouseOptions): Promise<Foundation> {
  const store = await openStore(dataDir, { now: () => clock.now() });
  try {
    const files = signedFiles(dataDir);
    const accounts = await openAccounts(store.accounts, clock);
    // A database that cannot give these is lost, however much of it opens.
    const changes = await store.loadState();
    const active = await siteInForce(store);
    const presets = presetsOf(dataDir, log);
    const emergency = openEmergencyBadges(files);
    return { dataDir, log, store, accounts, files, emergency, presets, changes, active };
  } catch (error) {
    await store.close();
    throw error;
  }
}

/** A gateway whose database cannot be opened works its doors from the emergency file, if there is one that can be believed. */
async function openWhatIsLeft(options: HouseOptions): Promise<Foundation> {
  try {
    return await openFoundation(options);
  } catch (error) {
    const left = await openEmergencyStore(options.dataDir, { now: () => clock.now() }, error);
    if (!left) throw error;
    const { log = silent } = options;
    const why = error instanceof Error ? error.message : String(error);
    log.error({ err: error, folder: left.folder }, "the database is lost: emergency badges only");
    const files = signedFiles(options.dataDir);
    return {
      dataDir: options.dataDir,
      log,
      store: left.store,
      accounts: await openAccounts(left.store.accounts, clock),
      files,
      emergency: openEmergencyBadges(files),
      presets: presetsOf(options.dataDir, log),
      changes: await left.store.loadState(),
      active: withoutPeople(activeSite(left.copy.document, left.copy.revision, clock.now())),
      lost: { why },
    };
  }
}

/** A preset that somebody broke must not keep the doors shut: it is told, and its devices stay away. */
function presetsOf(dataDir: string, log: Log): Presets {
  return readPresets(dataDir, (error) => log.error({ err: error }, "a preset cannot be read"));
}

function isForeignDevice(device: Device | undefined): device is Device & ForeignDevice {
  return device?.driver === "preset" && device.preset !== undefined && device.prefix !== undefined;
}

/** The site of the emergency file; it says of itself that nobody but emergency badges is known. */
function withoutPeople(active: ActiveSite): ActiveSite {
  return {
    ...active,
    site: { ...active.site, peopleLost: true },
    recompile: (from) => ({ ...active.recompile(from), peopleLost: true }),
  };
}

async function furnish(
  { dataDir, log, store, accounts, files, emergency, presets, changes, active, lost }: Foundation,
  config: GatewayConfig,
  drivers: ReadonlyMap<string, Driver>,
  listening: () => Listening,
  clockTrust: ClockTrust = config.clock.trust === "host" ? hostClock : timeService(),
  {
    readers = () => undefined,
    onSite = () => {},
  }: { readonly readers?: () => OsdpDesk | undefined; readonly onSite?: () => void } = {},
): Promise<Furnished> {
  const state = emptyState();
  applyChanges(state, changes);
  const pinKey = openPinKey(folderPaths(resolve(dataDir)).pinKey);
  const pins = new Pins(pinKey, store.people, () => engine.active?.site.keypad);
  const pinKeyWatch = new PinKeyWatch(pinKey, store, clock);
  if (!lost) await pinKeyWatch.start();
  const engine: Engine = new Engine(
    {
      clock,
      clockTrust,
      journal: store.journal,
      directory: withEmergencyBadges(withPins(store.people, pins), emergency),
      drivers,
      log,
      version: version(),
      releaseAfterMs: config.journal.releaseAfterMs,
      onSite: ({ id, tenants }) => {
        store.identify(id, tenants.keys().next().value ?? "main");
        onSite();
      },
    },
    state,
  );
  if (active) engine.load(active);
  for (const { device, scan, outcome, at } of await store.recentScans(clock.now() - scanMemoryMs)) {
    engine.scans.recall(device, scan, outcome, at);
  }
  const imports = new ImportDesk({
    folder: join(resolve(dataDir), "imports"),
    database: folderPaths(resolve(dataDir)).database,
    mostBytes: config.imports.mostMb * 1e6,
    store,
    engine,
    clock,
    log,
  });
  const parts: HouseParts = {
    clock,
    log,
    engine,
    pins,
    pinKeyWatch,
    imports,
    store,
    accounts,
    emergency,
    ...(lost ? { lost: lost.why } : {}),
    version: version(),
    startedAt: clock.now(),
    logLimits: logLimits(config),
    siteChecks: { drivers: [...registry.keys()], presets: presetFacts(presets), root: config.mqtt.root },
    readers,
    changeSite: oneAtATime(),
    listening,
    names: namesOf(
      () => engine.active?.site,
      (id) => emergency.nameOf(id) ?? store.people.nameOf(id),
    ),
  };
  if (lost) return { parts, operations: operationsOf(parts) };
  const copy = new CopyKeeper(files, copySource(parts), (error) =>
    log.error({ err: error }, "the emergency copy of the site could not be written"),
  );
  await copy.refresh();
  return { parts, operations: followed(operationsOf(parts), () => copy.refresh()) };
}

function copySource({ engine, store }: HouseParts): CopySource {
  return {
    site: async () => {
      const revision = engine.active?.site.revision;
      const kept = revision === undefined ? undefined : await store.sites.get(revision);
      return kept && { revision: kept.revision, document: kept.document };
    },
    accounts: () => store.accounts.all(),
  };
}

/** What the emergency copy is made from, by the operations that change it. */
const changesCopy: ReadonlySet<string> = new Set([
  "site.import",
  "site.rollback",
  "device.add",
  "account.rotate",
  "account.disable",
]);

function followed(operations: Operations, refresh: () => Promise<void>): Operations {
  return {
    perform: async (operator, name, params) => {
      const performed = await operations.perform(operator, name, params);
      if (performed.ok && changesCopy.has(name)) await refresh();
      return performed;
    },
  };
}

async function siteInForce(store: Store): Promise<ActiveSite | undefined> {
  const revision = await store.currentRevision();
  if (revision === undefined || revision === 0) return undefined;
  const kept = await store.sites.get(revision);
  const parsed = parseSite(kept?.document);
  if (!parsed.ok) {
    const [fault] = parsed.faults;
    throw new Error(`site revision ${revision} cannot be read: ${fault?.path} ${fault?.message}`);
  }
  return activeSite(parsed.document, revision, clock.now());
}

/** A disk that fails or works again is an event like any other; it is written when it can be. */
function watchDisk(store: Store, engine: Engine): () => Promise<void> {
  const end = store.journal.onHealth(({ state, lastError, waiting }) => {
    if (state === "failing") engine.note({ type: "system.journal-failed", reason: lastError ?? "unknown" });
    else engine.note({ type: "system.journal-restored", data: { waiting } });
  });
  if (store.openedWith.truncated) {
    const { from, to, why } = store.openedWith.truncated;
    engine.note({ type: "system.journal-truncated", reason: why, data: { from, to } });
  }
  return async () => end();
}

/** So long the locks have to say that they did as told before the broker goes. */
const locksAnswerMs = 1_000;

function untilPowerDown(engine: Engine): Promise<void> {
  return new Promise((resolve) => {
    const end = engine.onNews(({ events }) => {
      if (!events.some(({ type }) => type === "system.power-down")) return;
      end();
      setTimeout(resolve, locksAnswerMs);
    });
  });
}

interface Served {
  readonly url: string;
  readonly controlSocket: string;
  stop(): Promise<void>;
}

/** The pages and the API on the network, and the same API on a socket that only the owner of the data folder can open. */
async function serve(
  { dataDir, overrides }: GatewayOptions,
  config: GatewayConfig,
  { log, store, accounts }: Foundation,
  { parts, operations }: Furnished,
): Promise<Served> {
  const broke = (error: unknown) => log.error({ err: error }, "the web server could not do something");
  let publicUrl: string | undefined;
  const common = {
    ...(await openSignInKeys(store.accountParts, accounts, clock)),
    operations,
    live: parts.engine,
    journal: store.journal,
    accounts,
    sessions: await openSessions(store.sessions, accounts, clock, { broke }),
    pace: new SignInThrottle(clock),
    may,
    permissions,
    describe: describeWith(parts.names),
    clock,
    version: parts.version,
    tls: config.web.tls !== undefined,
    hosts: config.web.hosts,
    secondFactor: { enforceAfterDays: config.web.secondFactorAfterDays },
    publicUrl: () => publicUrl,
    note: (event: EventBody) => void parts.engine.note(event),
    broke,
  };
  const controlSocket = join(resolve(dataDir), "control.sock");
  const control = await serveWeb(createWeb({ ...common, identify: () => localAdministrator() }), {
    socket: controlSocket,
  });
  let web: Serving;
  try {
    const port = overrides?.webPort ?? config.web.port;
    const { host, tls, connections, connectionsPerAddress } = config.web;
    const lobby = { connections, connectionsPerAddress };
    web = await serveWeb(createWeb(common), { host, port, lobby, ...pemOf(tls) });
    publicUrl = web.url;
  } catch (error) {
    await control.stop();
    throw error;
  }
  return {
    url: web.url ?? "",
    controlSocket,
    stop: async () => {
      await web.stop();
      await control.stop();
    },
  };
}

function pemOf(tls: GatewayConfig["web"]["tls"]): { tls?: { key: Buffer; cert: Buffer } } {
  return tls ? { tls: { key: readFileSync(tls.key), cert: readFileSync(tls.cert) } } : {};
}

function mqttLimits({ mqtt }: GatewayConfig): Partial<BrokerLimits> {
  const { publishPerSecond, publishBurst, unauthenticated, unauthenticatedPerAddress } = mqtt;
  return { publishPerSecond, publishBurst, unauthenticated, unauthenticatedPerAddress };
}

function mqttListeners({ mqtt }: GatewayConfig, port = mqtt.port): ListenerOptions[] {
  const listeners: ListenerOptions[] = [{ host: mqtt.host, port }];
  if (mqtt.tls) {
    const { host, port: tlsPort, cert, key } = mqtt.tls;
    listeners.push({ host, port: tlsPort, tls: { cert: readFileSync(cert), key: readFileSync(key) } });
  }
  return listeners;
}

function logLimits({ journal: { keepDays, capacityGb } }: GatewayConfig): HouseParts["logLimits"] {
  return { keepDays, capacityBytes: capacityGb === undefined ? undefined : capacityGb * 1e9 };
}

function configOf({ configFile }: HouseOptions): GatewayConfig {
  return configFile === undefined ? defaultConfig() : readConfig(configFile);
}
