/**
 * The house's layers: who may import whom. `npm run check` walks every module of gateway, drivers, web and config with these
 * rules; test/layers plants one violation of each and sees it go red.
 */

/** Modules that come with Node, and packages from npm; everything else is a file of this repository. */
const builtIn = ["core"];
const fromNpm = ["npm", "npm-dev", "npm-optional", "npm-peer", "npm-bundled", "npm-no-pkg", "npm-unknown"];

const node = { dependencyTypes: builtIn };
const npm = { dependencyTypes: fromNpm };

/** `from` may import files of this repository only where `allowed` matches; what Node and npm give is another rule's. */
function room(name, comment, from, allowed) {
  return {
    name,
    comment,
    severity: "error",
    from: typeof from === "string" ? { path: from } : from,
    to: { pathNot: allowed, dependencyTypesNot: [...builtIn, ...fromNpm] },
  };
}

function forbid(name, comment, from, to) {
  return { name, comment, severity: "error", from, to };
}

const core = "^gateway/core/";
const ports = "^gateway/ports\\.ts$";
const ids = "^gateway/ids\\.ts$";
const driverSeam = "^drivers/driver\\.ts$";
/** What the core's words are made of, without what decides: rooms around it may name things, not judge them. */
const coreWords =
  "^gateway/core/(site|wires|people|signals|commands|state|events|public-event|reasons|views|describe|muster|words/[a-z-]+)\\.ts$";
/** The engine and what it is made of; the other files beside it put rooms together. */
const engineParts = "^gateway/(engine|wiring|scans|release-gate|news-desk|device-facts)\\.ts$";
const assemblers = "(gateway|main|building|request-desk)\\.ts$";
const entryPoints = [
  "^gateway/main\\.ts$",
  "^config/demo/devices/main\\.ts$",
  "^web/app/(main|app|index|live)\\.(ts|tsx|js)$",
];

/** @type {import("dependency-cruiser").IConfiguration} */
export default {
  forbidden: [
    // ------------------------------------------------------------------------------------------------- the pure rooms
    room("core-knows-only-itself", "The core is pure: it imports nothing from the house.", core, [core]),
    forbid(
      "core-without-node",
      "The core has no I/O, no clock and no randomness of its own.",
      { path: core },
      node,
    ),
    forbid(
      "core-without-npm",
      "Nothing that the core decides depends on somebody else's release.",
      { path: core },
      npm,
    ),
    room("cards-know-only-themselves", "Card formats are a table and nothing else.", "^gateway/cards/", [
      "^gateway/cards/",
    ]),
    forbid("cards-without-node", "Card formats are pure.", { path: "^gateway/cards/" }, node),
    forbid("cards-without-npm", "Card formats are pure.", { path: "^gateway/cards/" }, npm),

    // ------------------------------------------------------------------------------------------------------ the seams
    room("ports-speak-the-cores-words", "The seams are made of the core's words.", ports, [coreWords]),
    room(
      "driver-seam-knows-nothing",
      "drivers/driver.ts is all that a driver's author reads.",
      driverSeam,
      [],
    ),

    // ---------------------------------------------------------------------------------------------------- the drivers
    room(
      "drivers-know-only-their-seam",
      "A driver knows points of devices and nothing of doors, nor of another driver.",
      "^drivers/([^/]+)/",
      ["^drivers/$1/", driverSeam, "^drivers/lock-timeline\\.ts$"],
    ),
    forbid(
      "drivers-without-node",
      "A driver speaks through its seam or a package; one that needs more of the machine (GPIO) is excepted by name here.",
      {
        path: "^drivers/[^/]+/",
        pathNot:
          "^drivers/(osdp/(keys|secure-channel)|gpio/(sysfs|libgpiod|keeper|keeper-link|watchdog))\\.ts$",
      },
      node,
    ),
    room(
      "registry-knows-only-drivers",
      "drivers/registry.ts is one line a driver.",
      "^drivers/registry\\.ts$",
      ["^drivers/"],
    ),

    // ------------------------------------------------------------------------------------------ the rooms of the house
    room("site-compiles-for-the-core", "The site document becomes the core's site.", "^gateway/site/", [
      "^gateway/site/",
      core,
      "^gateway/cards/",
      ports,
    ]),
    forbid(
      "site-without-node",
      "A site document is compiled from text to text; whoever calls reads and writes the files.",
      { path: "^gateway/site/" },
      node,
    ),
    room(
      "store-speaks-the-cores-words",
      "The store keeps what it is given and decides nothing.",
      "^gateway/store/",
      ["^gateway/store/", coreWords, ports, ids],
    ),
    room("broker-speaks-the-cores-words", "The broker carries and decides nothing.", "^gateway/broker/", [
      "^gateway/broker/",
      coreWords,
      ports,
      driverSeam,
    ]),
    room("accounts-speak-the-cores-words", "Accounts know who, not what happens.", "^gateway/accounts/", [
      "^gateway/accounts/",
      coreWords,
      ports,
    ]),
    room("uplink-speaks-the-cores-words", "An uplink is a cursor on the journal.", "^gateway/uplink/", [
      "^gateway/uplink/",
      coreWords,
      ports,
    ]),
    room(
      "engine-knows-no-room",
      "The engine joins core, wires and journal by their seams, never by who implements them.",
      engineParts,
      [core, "^gateway/cards/", ports, driverSeam, `^gateway/(?!${assemblers})[^/]+\\.ts$`],
    ),
    forbid(
      "engine-without-node",
      "Clock, disk and sockets reach the engine through its ports, so that a test can hold them still.",
      { path: "^gateway/(engine|wiring)\\.ts$" },
      node,
    ),

    // -------------------------------------------------------------------------------------------------------- the web
    room("web-server-asks-through-ports", "The web server reaches the house by its ports.", "^web/server/", [
      "^web/server/",
      core,
      ports,
    ]),
    forbid(
      "web-app-knows-only-the-apis-types",
      "What runs in the browser takes only types from the server's side, and nothing else of the house.",
      { path: "^web/app/" },
      { path: "^(gateway|drivers|config)/" },
    ),
    forbid(
      "web-app-takes-no-code-of-the-server",
      "An import that is not `import type` would carry the server into the browser.",
      { path: "^web/app/" },
      { path: "^web/server/", dependencyTypesNot: ["type-only"] },
    ),
    forbid(
      "web-app-without-node",
      "A browser has no Node.",
      { path: "^web/app/", pathNot: "^web/app/build[.]mjs$" },
      node,
    ),

    // -------------------------------------------------------------------------------------------------------- the demo
    room(
      "demo-devices-are-outsiders",
      "The demo's devices speak the public contract; what they cannot do with it, no wirer can.",
      "^config/demo/devices/",
      ["^config/demo/devices/"],
    ),

    // --------------------------------------------------------------------------------------- what only one room knows
    forbid(
      "only-the-command-line-builds-a-gateway",
      "gateway.ts knows every part, so nothing may know it but what starts it.",
      { path: "^(gateway|drivers|web|config)/", pathNot: "^gateway/(main\\.ts$|cli/)" },
      { path: "^gateway/gateway\\.ts$" },
    ),
    forbid(
      "only-the-store-knows-sqlite",
      "The database sits behind the journal's port and can be changed for another.",
      { pathNot: "^gateway/store/" },
      { path: "(^|/)node_modules/(@types/)?sqlite3/" },
    ),
    forbid(
      "only-the-broker-knows-aedes",
      "The embedded broker sits behind DeviceBus and can be changed for another.",
      { pathNot: "^gateway/broker/" },
      { path: "(^|/)node_modules/aedes[-/]" },
    ),

    // -------------------------------------------------------------------------------------------------- of all of them
    forbid(
      "no-cycles",
      "A circle of imports has no beginning. Two files that only name each other's types are none.",
      {},
      { circular: true, viaOnly: { dependencyTypesNot: ["type-only"] } },
    ),
    forbid(
      "no-orphans",
      "A file that nothing imports and that imports nothing is not part of the house.",
      { orphan: true, path: "^(gateway|drivers|web|config)/", pathNot: [...entryPoints, "\\.d\\.ts$"] },
      {},
    ),
    forbid(
      "every-import-is-found",
      "A name that leads nowhere is not checked.",
      {},
      { couldNotResolve: true },
    ),
    forbid(
      "the-house-does-not-lean-on-its-tests",
      "What is shipped imports no test and no tool of development.",
      { path: "^(gateway|drivers|web/server|config)/" },
      { path: "^test/" },
    ),
    forbid(
      "no-development-package-is-shipped",
      "An installation without development packages must start.",
      { path: "^(gateway|drivers|web/server|config)/" },
      { dependencyTypes: ["npm-dev", "npm-no-pkg", "npm-unknown"], dependencyTypesNot: ["type-only"] },
    ),
  ],
  options: {
    doNotFollow: { path: "node_modules" },
    exclude: { path: "^(dist|coverage)/" },
    // Types count as imports: a room that names another's types knows it.
    tsPreCompilationDeps: true,
    tsConfig: { fileName: "tsconfig.json" },
    enhancedResolveOptions: {
      exportsFields: ["exports"],
      conditionNames: ["import", "require", "node", "default", "types"],
      extensions: [".ts", ".tsx", ".mts", ".d.ts", ".js", ".mjs", ".json"],
    },
    moduleSystems: ["es6", "cjs"],
  },
};
