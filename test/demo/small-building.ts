/** A building of three doors, small enough to follow every step in it. */

export const smallSite = `
site: { id: small, name: Small house, timeZone: Europe/Berlin }
tenants: [{ id: main, name: Main }]
areas:
  - { id: outside, name: Outside, outside: true }
  - { id: lobby, name: Lobby }
  - { id: store, name: Store }
doors:
  - id: front
    name: Front door
    from: outside
    to: lobby
    readers: { outside: front-reader/reader/1 }
    lock: { point: front-lock/lock/1, kind: fail-secure, mechanicalEgress: true }
    contact: front-lock/input/1
    exitButton: front-lock/input/2
    openMs: 1000
  - id: store
    name: Store
    from: lobby
    to: store
    readers: { outside: store-reader/reader/1, inside: store-reader/reader/2 }
    lock: { point: store-lock/lock/1, kind: fail-secure, mechanicalEgress: true }
    contact: store-lock/input/1
    openMs: 1000
  - id: side
    name: Side door
    from: outside
    to: lobby
    readers: { outside: side-reader/reader/1 }
    lock: { point: side-lock/lock/1, kind: fail-secure, mechanicalEgress: true }
sensors:
  - { id: lobby-motion, name: Lobby, type: motion, point: sensors/input/1, area: lobby }
  - { id: store-water, name: Store, type: water, point: sensors/input/2, area: store }
devices:
  - { id: front-reader, name: Front reader, driver: mqtt }
  - { id: front-lock, name: Front lock, driver: mqtt }
  - { id: store-reader, name: Store reader, driver: mqtt }
  - { id: store-lock, name: Store lock, driver: mqtt }
  - { id: sensors, name: Sensors, driver: mqtt }
  - { id: side-reader, name: Side reader, driver: mqtt }
  - { id: side-lock, name: Side lock, driver: mqtt }
schedules:
  - { id: office, name: Office hours, week: [{ days: [mon, tue, wed, thu, fri], from: "07:00", to: "19:00" }] }
  - { id: night, name: Night, week: [{ days: [fri], from: "22:00", to: "06:00" }], holidays: as-usual }
holidays:
  - { date: "2026-12-25", name: Christmas Day }
groups:
  - { id: facility, name: Facility, access: [{ areas: [lobby, store], schedule: always }] }
  - { id: staff, name: Staff, access: [{ areas: [lobby], schedule: office }] }
  - { id: cleaners, name: Cleaners, access: [{ doors: [front], schedule: night }] }
`;

export const smallPeople = `person,name,groups,credential,printed,valid_from,valid_until,status
fay,Fay,facility,H10301:10/1001,1001,,,active
finn,Finn,facility;staff,uid:04A1B2C3D4E580,,,,active
sue,Sue,staff,"10,1003",,,,
cleo,Cleo,cleaners,0000656364,,,,active
lars,Lars,facility,H10301:10/1005,,,,lost
olga,Olga,facility,H10301:10/1006,,,2020-01-01,active
nils,Nils,staff,,,,,active
`;
