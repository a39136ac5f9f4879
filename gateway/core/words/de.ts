/** German. A reason completes a sentence ("… wurde nicht eingelassen: die Karte ist gesperrt"); a name takes no ending. */
import { deAlarmData, deAlarmEvents, deAlarmReasons } from "./de-alarm.js";
import type { Words } from "./words.js";

const nichts = "es ist nichts zu tun";

export const de: Words = {
  events: {
    "access.granted": "{person} wurde eingelassen: {door}",
    "access.denied": "{person} wurde nicht eingelassen: {door}: {reason}",
    "access.waiting": "{person} wartet an {door}: {reason}",
    "access.waited": "{person} wartete an {door}, und niemand kam dazu",
    "access.passback-noted":
      "{person} verstieß an {door} gegen die Doppelzutrittssperre von {area}: {reason}",
    "access.passback-forgiven": "{by} hob die Doppelzutrittssperre auf[ für {person}][ in {area}][ ({note})]",
    "access.ignored": "eine Lesung von {person} an {door} blieb unbeachtet: {reason}",
    "access.not-used": "{person} wurde an {door} eingelassen und öffnete nicht",
    "access.passed": "{person} ging durch {door} nach {area}[ ({how})]",
    "access.not-completed": "{person} begann an {door}, und {missing} kam nicht",
    "access.pin-silenced":
      "{seconds} s lang wird keine PIN von {person} angenommen, nach {wrong} falschen[, zuletzt an {door}]",
    "access.card-command": "{person} gab mit einer Karte an {door} den Befehl {command}",
    "access.duress": "{person} gab an {door} eine Bedrohungs-PIN ein",
    "access.lift-granted": "{person} darf mit {lift} nach {floors}",
    "access.lift-denied": "{person} darf mit {lift} nirgendwohin: {reason}",
    "access.lift-ignored": "eine Lesung von {person} in {lift} blieb unbeachtet: {reason}",

    "door.opened": "{door} ging auf",
    "door.closed": "{door} ging zu",
    "door.forced": "{door} wurde geöffnet, während verriegelt war[ ({reason})]",
    "door.forced-ended": "{door} ist nach dem Aufbruch wieder zu",
    "door.held-open": "{door} steht zu lange offen[, seit {minutes} min]",
    "door.pre-alarm": "{door} steht noch offen: die Leser warnen {seconds} s lang",
    "door.allow-open": "{by} erlaubte, dass {door} offen steht, bis {until}[ ({note})]",
    "door.allow-open-ended": "[{by} beendete es: ]{door} darf nicht mehr offen stehen[ ({note})]",
    "door.key-used": "ein Schlüssel wurde gedreht: {door}",
    "door.not-secured": "{door} ist zu und nicht gesichert: das Schloss hält nicht",
    "door.secured": "{door} ist wieder gesichert",
    "door.obstructed": "{door} schließt nicht: etwas ist im Weg",
    "door.clear": "{door} hat wieder freien Weg",
    "door.input-fault": "{input} von {door} gestört: {reason}",
    "door.input-restored": "{input} von {door} arbeitet wieder",
    "door.held-open-ended": "{door} steht nicht mehr zu lange offen[: {reason}]",
    "door.exit-requested": "jemand will hinaus: {door}[, und konnte nicht: {reason}][ ({standing})]",
    "door.unlocked": "{by} entriegelte {door}[ für {seconds} s][ ({note})]",
    "door.mode-changed": "{by} stellte {door} auf {mode}[ bis {until}][ ({note})]",
    "door.override-ended": "die Übersteuerung von {door} ist vorbei[, beendet von {by}]: wieder {mode}",
    "door.freed": "{door} ist nach Zeitplan frei",
    "door.relocked": "{door} ist nach Zeitplan wieder verriegelt",
    "door.contact-unknown": "es ist nicht bekannt, ob {door} offen oder zu ist",
    "door.contact-fault": "der Kontakt von {door} ist gestört: {reason}",
    "door.contact-restored": "der Kontakt von {door} arbeitet wieder",
    "door.not-relocked": "{door} hat nach der Rückstellung nicht wieder verriegelt: {reason}",
    "door.keypad-silenced":
      "die Tastatur von {door} nimmt {seconds} s lang nichts an, nach {wrong} falschen PINs",
    "door.keypad-restored": "die Tastatur von {door} nimmt wieder PINs an",
    "door.contact-bypassed": "{by} nahm den Kontakt von {door} außer Betrieb[ ({note})]",
    "door.contact-unbypassed": "{by} nahm den Kontakt von {door} wieder in Betrieb[ ({note})]",
    "door.lift-unlocked": "{by} gab {lift} frei nach {floors}[ für {seconds} s][ ({note})]",

    ...deAlarmEvents,

    "safety.lockdown-started": "{by} verriegelte im Notfall {doorGroup}[ ({note})]",
    "safety.lockdown-ended": "{by} beendete die Notverriegelung von {doorGroup}[ ({note})]",
    "safety.threat-level": "{by} setzte die Bedrohungsstufe auf {level}[, vorher {before}][ ({note})]",
    "alarm.panic": "der Überfalltaster {sensor} wurde gedrückt",
    "alarm.panic-ended": "der Überfalltaster {sensor} ist wieder in Ruhe",
    "safety.fire": "Brandmeldeeingang {sensor} hat ausgelöst[ (die Leitung ist gestört: {reason})]",
    "safety.fire-input-quiet":
      "Brandmeldeeingang {sensor} ist wieder ruhig; die Freigabe gilt, bis sie zurückgestellt wird",
    "safety.fire-reset":
      "{by} stellte die Brandfreigabe von {sensor} zurück[ ({note})][; noch offen: {open}]",
    "safety.fire-input-unknown": "Brandmeldeeingang {sensor} ist nicht lesbar",
    "safety.fire-input-fault": "Brandmeldeeingang {sensor} ist gestört: {reason}",
    "safety.fire-input-restored": "Brandmeldeeingang {sensor} ist wieder lesbar",
    "safety.emergency-release": "{by} gab {door} im Notfall frei[ ({note})]",
    "safety.emergency-reset": "{by} beendete die Notfreigabe von {door}[ ({note})]",
    "safety.muster-started":
      "[{by} ruft alle zusammen][ aus {area}][Brandmeldeeingang {sensor} ruft alle zusammen]: {inside} vermutlich im Haus[; heute ohne Namen: {exits} hinaus, {openings} Öffnungen][ ({note})]",
    "safety.muster-safe": "{person} ist in Sicherheit[, gesehen an {reader}][, sagt {by}][ ({note})]",
    "safety.muster-not-safe":
      "{person} wird wieder gesucht: {by} nahm zurück, dass die Person in Sicherheit ist[ ({note})]",
    "safety.muster-refused": "{person} an {reader} wurde nicht als sicher gezählt: {reason}",
    "safety.muster-ended":
      "{by} beendete die Sammlung: {safe} in Sicherheit, {missing} nicht gefunden[ ({note})]",

    "device.online": "{device} ist verbunden",
    "device.lost": "{device} ist verloren",
    "device.no-answer": "{device} hat einen Befehl nicht bestätigt[ für {door}]",
    "device.unreachable": "ein Befehl[ für {door}] ging nicht hinaus: {device} ist nicht verbunden",
    "device.refused-order": "{device} verweigerte einen Befehl[ für {door}][: {detail}]",
    "device.sensor-active": "{sensor} meldet",
    "device.sensor-restored": "{sensor} ist ruhig",
    "device.sensor-fault": "{sensor} ist gestört: {reason}",
    "device.sensor-fault-ended": "{sensor} arbeitet wieder",
    "device.battery-low": "die Batterie von {device} ist schwach[ ({battery} %)]",
    "device.battery-restored": "die Batterie von {device} ist wieder geladen",
    "device.mains-lost": "{device} läuft ohne Netz",
    "device.mains-restored": "{device} hat wieder Netz",
    "device.tamper": "das Gehäuse von {device} wurde geöffnet",
    "device.tamper-ended": "das Gehäuse von {device} ist wieder zu",
    "device.interference":
      "jemand greift in die Verbindung zu {device} ein, oder es ist nicht mehr dasselbe Gerät[: {reason}]",
    "device.message-refused": "eine Nachricht von {device} wurde abgelehnt[: {reason}]",
    "device.dropped": "{device} wurde getrennt[: {reason}]",

    "system.started":
      "das Gateway ist gestartet[ (Version {version})][ nach {downSeconds} s][; angehalten hatte es, weil {sensor} meldete, dass seine Versorgung erschöpft ist]",
    "system.stopped": "das Gateway hielt an[: {reason}]",
    "system.released-early":
      "die Platte war langsam: Entscheidungen gingen {waitedMs} ms hinaus, bevor sie geschrieben waren",
    "system.lost": "Ereignisse {from} bis {to} gingen verloren",
    "system.journal-failed":
      "das Protokoll lässt sich nicht schreiben[: {reason}]; die Türen gehen aus dem Gedächtnis weiter",
    "system.journal-restored": "das Protokoll wird wieder geschrieben",
    "system.log-nearly-full":
      "das Protokoll füllt {percent} % seines Platzes ({usedMb} von {roomMb} MB)[; voll in etwa {days} Tagen]",
    "system.log-room-again": "das Protokoll hat wieder Platz: {percent} % belegt ({usedMb} von {roomMb} MB)",
    "system.journal-truncated":
      "das Protokoll ist kürzer als sein letzter unterschriebener Kopf: es wurde gekürzt[ nach Ereignis {to}]",
    "system.clock-stepped": "die Uhr wurde um {seconds} s gestellt",
    "system.clock-trusted": "die Uhr gilt als richtig[: {reason}][, sagt {by}][ ({note})]",
    "system.clock-not-trusted": "die Uhr gilt nicht als richtig: {reason}; kein Zeitplan öffnet eine Tür",
    "system.emergency-mode":
      "die Datenbank lässt sich nicht öffnen[: {reason}]; nur {badges} Notfallkarten öffnen Türen",
    "system.emergency-file-refused": "keine Notfallkarte ist bekannt[: {reason}]",
    "system.pin-key-lost":
      "der Schlüssel der PINs ist nicht der, mit dem sie vergeben wurden: die PINs von {people} Personen öffnen nichts, bis er zurück ist oder sie neu vergeben sind",
    "system.site-activated": "[{by} ]setzte Stand {revision} der Anlage in Kraft[ ({note})]",
    "system.fault": "das Gateway konnte etwas nicht ausführen[: {reason}]",

    "audit.signed-in": "{by} meldete sich an[ von {from}]",
    "audit.signed-out": "{by} meldete sich ab",
    "audit.sign-in-failed": "eine Anmeldung als {account} schlug fehl[ von {from}][: {reason}]",
    "audit.refused": "{by} darf {operation} nicht[: {reason}]",
    "audit.requested": "{by} tat {operation}[ ({note})]",
    "audit.request-refused":
      "{operation}[ an {door}][ von {sensor}][ von {partition}] von {by} wurde abgelehnt: {reason}[ ({standing})][: {zones}]",
    "audit.site-changed": "{by} speicherte Stand {revision} der Anlage[ ({note})]",
    "audit.people-changed": "{by} änderte Personen[: {action}][ ({person})][, {rows} Zeilen][: {reason}]",
    "audit.account-changed": "{by} änderte das Konto {account}[: {action}]",
    "audit.device-changed": "{by} hat an {device} gearbeitet[: {action}]",
    "audit.owner-claimed": "{by} wurde Eigentümer dieses Gateways",
  },

  reasons: {
    ...deAlarmReasons,
    "unknown-card": {
      text: "die Karte ist hier nicht bekannt",
      remedy: "würde eingelassen, wenn die Karte jemandem gegeben wäre",
    },
    "unassigned-card": {
      text: "die Karte gehört niemandem",
      remedy: "würde eingelassen, wenn die Karte wieder jemandem gegeben wäre",
    },
    "card-suspended": {
      text: "die Karte ist gesperrt",
      remedy: "würde eingelassen, wenn die Karte wieder gültig wäre",
    },
    "card-lost": {
      text: "die Karte wurde als verloren gemeldet",
      remedy: "würde eingelassen mit einer neuen Karte, oder wenn diese gefunden und wieder gültig wäre",
    },
    "card-stolen": {
      text: "die Karte wurde als gestohlen gemeldet",
      remedy: "würde eingelassen mit einer neuen Karte",
    },
    "card-returned": {
      text: "die Karte wurde zurückgegeben",
      remedy: "würde eingelassen, wenn die Karte wieder gültig wäre",
    },
    "card-not-yet-valid": {
      text: "die Karte gilt noch nicht",
      remedy: "würde eingelassen ab dem ersten Tag der Karte",
    },
    "card-expired": {
      text: "die Karte ist abgelaufen",
      remedy: "würde eingelassen, wenn die Karte verlängert wäre",
    },
    "person-blocked": {
      text: "die Person ist gesperrt",
      remedy: "würde eingelassen, wenn die Person entsperrt wäre",
    },
    "person-not-yet-valid": {
      text: "der Zutritt der Person hat noch nicht begonnen",
      remedy: "würde eingelassen ab dem ersten Tag",
    },
    "person-expired": {
      text: "der Zutritt der Person ist zu Ende",
      remedy: "würde eingelassen, wenn der Zutritt verlängert wäre",
    },
    "card-used-up": {
      text: "die Karte wurde so oft benutzt, wie sie darf",
      remedy: "würde eingelassen, wenn die Karte öfter benutzt werden dürfte",
    },
    "not-inducted": {
      text: "die Unterweisung der Person fehlt oder ist abgelaufen",
      remedy: "würde eingelassen nach einer Unterweisung",
    },
    "host-inactive": {
      text: "niemand steht mehr für die Person ein",
      remedy: "würde eingelassen mit einem Gastgeber, der gültig ist",
    },
    excluded: {
      text: "einer Gruppe der Person ist diese Tür verboten",
      remedy: "würde eingelassen außerhalb dieser Gruppe",
    },
    "training-missing": {
      text: "eine Schulung, die die Tür verlangt, fehlt oder ist abgelaufen",
      remedy: "würde eingelassen nach der Schulung",
    },
    "partition-armed": {
      text: "ein Bereich ist scharf",
      remedy: "würde eingelassen, sobald er unscharf ist",
    },
    "input-forbids": {
      text: "ein Eingang ist nicht so, wie die Tür es verlangt",
      remedy: "würde eingelassen, sobald der Eingang so ist",
    },
    "nobody-present": {
      text: "niemand sonst ist dort, wo jemand sein muss",
      remedy: "würde eingelassen, sobald jemand dort ist",
    },
    "first-not-in": {
      text: "noch ist niemand da, der zuerst kommen muss",
      remedy: "würde eingelassen, sobald jemand davon da ist",
    },
    "passback-in": {
      text: "die Person wurde nicht beim Hinausgehen gesehen",
      remedy: "würde eingelassen nach dem Hinausgehen, oder wenn die Doppelzutrittssperre aufgehoben wäre",
    },
    "passback-out": {
      text: "die Person wurde nicht beim Hereinkommen gesehen",
      remedy: "würde hinausgelassen, wenn die Doppelzutrittssperre aufgehoben wäre",
    },
    "area-full": {
      text: "der Bereich hinter der Tür ist voll",
      remedy: "würde eingelassen, sobald jemand gegangen ist",
    },
    "waits-for-persons": {
      text: "die Tür ist für mehrere Personen zugleich",
      remedy: "würde eingelassen zusammen mit anderen",
    },
    "waits-for-escort": {
      text: "die Person braucht eine Begleitung",
      remedy: "würde eingelassen zusammen mit einer Begleitung",
    },
    "waits-for-company": {
      text: "niemand darf dort allein sein",
      remedy: "würde durchgelassen zusammen mit anderen",
    },
    "no-vehicle": {
      text: "kein Fahrzeug steht davor",
      remedy: "würde eingelassen mit einem Fahrzeug auf der Schleife",
    },
    "no-access": {
      text: "keine Gruppe der Person darf diese Tür benutzen",
      remedy: "würde eingelassen in einer Gruppe, die diese Tür hat",
    },
    "outside-schedule": {
      text: "außerhalb der Zeiten der Gruppen der Person",
      remedy: "würde eingelassen zu den Zeiten der Gruppen der Person",
    },
    "schedule-unknown": {
      text: "die Zeiten der Gruppen der Person sind für diesen Tag nicht bekannt",
      remedy: "würde eingelassen, sobald die Uhr stimmt und die Zeitpläne bis zu diesem Tag reichen",
    },
    "door-secured": {
      text: "die Tür ist gesichert",
      remedy: "würde eingelassen, sobald die Tür wieder wie gewöhnlich ist",
    },
    "locked-down": {
      text: "die Tür ist im Notfall verriegelt",
      remedy: "würde eingelassen, sobald die Notverriegelung beendet ist",
    },
    "in-maintenance": {
      text: "die Tür ist in Wartung",
      remedy: "würde eingelassen, sobald die Tür wieder wie gewöhnlich ist, oder als jemand, der sie wartet",
    },
    "threat-level": {
      text: "die Bedrohungsstufe lässt die Person nicht ein",
      remedy: "würde eingelassen bei der gewöhnlichen Bedrohungsstufe",
    },
    interlock: {
      text: "von einer anderen Tür der Schleuse ist nicht bekannt, dass sie zu und verriegelt ist",
      remedy: "würde eingelassen, sobald jene Tür zu und verriegelt ist",
    },
    "pin-wrong": { text: "die PIN war falsch", remedy: "würde eingelassen mit der richtigen PIN" },
    "pin-unknown": {
      text: "die PIN gehört niemandem",
      remedy: "würde eingelassen mit einer PIN, die hier bekannt ist",
    },
    "no-pin": {
      text: "die Person hat keine PIN, und die Tür verlangt eine",
      remedy: "würde eingelassen, wenn die Person eine PIN hätte",
    },
    "pin-needed": {
      text: "die Tür verlangt eine PIN und nimmt keine Karte",
      remedy: "würde eingelassen mit einer PIN",
    },
    "card-needed": {
      text: "die Tür nimmt keine PIN ohne Karte",
      remedy: "würde eingelassen mit einer Karte",
    },
    "keypad-silent": {
      text: "die Tastatur nimmt eine Weile nichts an, nach zu vielen falschen PINs",
      remedy: "würde etwas später eingelassen",
    },
    "pin-silent": {
      text: "mit dieser Karte wird eine Weile keine PIN angenommen, nach zu vielen falschen",
      remedy: "würde etwas später eingelassen",
    },
    "reader-unassigned": {
      text: "der Leser gehört zu keiner Tür dieser Anlage",
      remedy: "würde eingelassen, sobald der Leser einer Tür zugeordnet ist",
    },
    "clock-not-trusted": {
      text: "die Uhr gilt nicht als richtig",
      remedy: "würde eingelassen, sobald die Uhr sicher stimmt",
    },
    "people-lost": {
      text: "die Daten der Personen und Karten sind verloren: nur Notfallkarten sind bekannt",
      remedy: "würde eingelassen, sobald der Datenordner wiederhergestellt ist",
    },
    fault: {
      text: "eine Regel ist gescheitert",
      remedy: "dieses Ereignis dem melden, der das Gateway betreut",
    },

    retained: {
      text: "es war eine alte Nachricht, vom Vermittler aufbewahrt",
      remedy: "die Karte noch einmal zeigen",
    },
    repeated: { text: "es wiederholt eine beantwortete Lesung", remedy: "die Karte noch einmal zeigen" },
    stale: { text: "es kam zu spät", remedy: "die Karte noch einmal zeigen" },

    "unknown-door": { text: "diese Tür gibt es nicht", remedy: "eine Tür dieser Anlage nennen" },
    "unknown-sensor": {
      text: "diesen Brandmeldeeingang gibt es nicht",
      remedy: "einen Brandmeldeeingang dieser Anlage nennen",
    },
    "unknown-request": { text: "das kann niemand verlangen", remedy: "etwas anderes verlangen" },
    "side-armed": {
      text: "eine Seite der Tür ist scharf",
      remedy: "sie erst unscharf schalten, oder das Recht zum Erzwingen benutzen",
    },
    "interlock-free": {
      text: "eine Tür einer Schleuse kann nicht frei stehen",
      remedy: "sie stattdessen für einen Durchgang entriegeln",
    },
    "one-refused": {
      text: "eine der Türen wollte nicht, und verlangt war alles oder nichts",
      remedy: "im Protokoll nachsehen, welche, oder jede verlangen, die kann",
    },
    "lock-not-connected": {
      text: "ihr Schloss ist nicht verbunden",
      remedy: "zuerst das Gerät des Schlosses zurückholen",
    },
    "all-refused": {
      text: "keine der Türen wollte",
      remedy: "im Protokoll nachsehen, warum jede nicht wollte",
    },
    "unknown-door-group": {
      text: "diese Türgruppe gibt es nicht",
      remedy: "eine Türgruppe dieser Anlage nennen",
    },
    "unknown-threat-level": {
      text: "diese Bedrohungsstufe gibt es nicht",
      remedy: "eine Bedrohungsstufe dieser Anlage nennen",
    },
    "unknown-lift": { text: "diesen Aufzug gibt es nicht", remedy: "einen Aufzug dieser Anlage nennen" },
    "unknown-floor": {
      text: "dieses Stockwerk hat der Aufzug nicht",
      remedy: "einen Bereich nennen, zu dem der Aufzug fährt",
    },
    "not-locked-down": { text: "dort ist nichts im Notfall verriegelt", remedy: nichts },
    "nothing-overridden": { text: "dort ist nichts übersteuert", remedy: nichts },
    "no-contact": { text: "die Tür hat keinen Kontakt", remedy: "es gibt nichts zu überbrücken" },
    "bad-duration": {
      text: "die verlangte Zeit liegt nicht zwischen 1 ms und 10 Minuten",
      remedy: "eine kürzere Zeit verlangen, oder die Tür frei stellen",
    },
    "already-over": {
      text: "das verlangte Ende ist schon vorbei",
      remedy: "ein Ende in der Zukunft nennen, oder keines",
    },
    "person-not-seen": { text: "die Person wurde nirgends gesehen", remedy: "es gibt nichts aufzuheben" },
    "nothing-to-reset": { text: "dort ist nichts freigegeben", remedy: nichts },
    "fire-input-active": {
      text: "der Brandmeldeeingang meldet noch",
      remedy: "erst die Brandmeldezentrale zurückstellen",
    },
    "fire-input-unknown": {
      text: "der Brandmeldeeingang ist nicht lesbar",
      remedy: "sein Gerät zurückholen, oder das Recht zum Erzwingen benutzen",
    },
    "unknown-person": { text: "diese Person gibt es nicht", remedy: "eine Person dieser Anlage nennen" },
    "unknown-area": { text: "diesen Bereich gibt es nicht", remedy: "einen Bereich dieser Anlage nennen" },
    "muster-runs": {
      text: "eine Sammlung läuft schon",
      remedy: "mit dieser weitermachen, oder sie erst beenden",
    },
    "no-muster": { text: "keine Sammlung läuft", remedy: "eine beginnen" },
    "clock-is-trusted": { text: "die Uhr gilt schon als richtig", remedy: nichts },

    "stands-open": { text: "sie steht offen", remedy: "sie schließen" },
    "lock-not-locked": { text: "das Schloss ist nicht verriegelt", remedy: "nach dem Schloss sehen" },
    "bolt-not-out": { text: "der Riegel ist nicht ausgefahren", remedy: "nach dem Schloss sehen" },
    "lock-away": { text: "das Schloss ist nicht verbunden", remedy: "nach dem Schloss sehen" },

    "may-stand-open": { text: "sie darf jetzt offen stehen", remedy: nichts },
    "exit-request-ignored": {
      text: "entriegelt für einen Ausgangswunsch, der so bald nach einem Eintritt nichts zählt",
      remedy: "die Zeit kürzen, in der Ausgangswünsche nichts zählen, wenn Leute so bald gehen",
    },

    "clock-ntp": { text: "ihr Zeitdienst bestätigt sie", remedy: nichts },
    "clock-host": { text: "die Uhr dieses Rechners wird genommen, wie sie ist", remedy: nichts },
    "clock-operator": { text: "jemand hat nachgesehen", remedy: nichts },
    "clock-start": {
      text: "seit dem Start hat nichts sie bestätigt",
      remedy: "den Zeitdienst verbinden, oder nachsehen und sagen, dass sie stimmt",
    },
    "clock-step": {
      text: "sie sprang weiter, als glaubhaft ist",
      remedy: "den Zeitdienst verbinden, oder nachsehen und sagen, dass sie stimmt",
    },
  },

  requestRemedies: {
    "door-secured": "die Tür wie gewöhnlich stellen, oder das Recht zum Erzwingen benutzen",
    "locked-down": "die Notverriegelung beenden, oder das Recht zum Erzwingen benutzen",
    "in-maintenance": "die Tür wie gewöhnlich stellen, oder das Recht zum Erzwingen benutzen",
    interlock: "erst jene Tür schließen, oder das Recht zum Erzwingen benutzen",
  },

  remedies: {
    "activate-card": "die Karte wieder gültig wäre",
    "new-card": "die Person eine neue Karte hätte",
    "extend-card": "die Karte verlängert wäre",
    "more-uses": "die Karte öfter benutzt werden dürfte",
    unblock: "die Person entsperrt wäre",
    "extend-person": "der Zutritt der Person verlängert wäre",
    "trust-clock": "die Uhr sicher stimmte",
    induct: "die Person eine gültige Unterweisung hätte",
    "new-host": "jemand, der gültig ist, für die Person einstünde",
    "usual-mode": "die Tür wie gewöhnlich wäre",
    "card-mode": "die Tür auf Karte gestellt wäre",
    "end-lockdown": "die Notverriegelung beendet wäre",
    "usual-threat": "die Bedrohungsstufe die gewöhnliche wäre",
    join: "die Person in der Gruppe {group} wäre",
    leave: "die Person nicht in der Gruppe {group} wäre",
    train: "die Person die Schulung {training} hätte",
    disarm: "{partition} unscharf wäre",
    input: "{sensor} {is} wäre",
    "be-present": "jemand anderes in {area} wäre",
    arrive: "heute jemand der Gruppe {group} eingelassen worden wäre",
    forgive: "die Doppelzutrittssperre aufgehoben wäre",
    "make-room": "jemand {area} verließe",
    "make-more-room": "{people} Personen {area} verließen",
    vehicle: "ein Fahrzeug davor stünde",
    "close-doors": "die anderen Türen der Schleuse zu und verriegelt wären",
  },

  modes: {
    card: "Karte",
    "card-and-pin": "Karte und PIN",
    pin: "PIN",
    "card-or-pin": "Karte oder PIN",
    "two-step": "zwei Schritte",
    free: "frei",
    secured: "gesichert",
    maintenance: "Wartung",
  },
  weekdays: ["Sonntag", "Montag", "Dienstag", "Mittwoch", "Donnerstag", "Freitag", "Samstag"],
  when: { today: "heute {time}", weekday: "am {day} {time}", date: "am {day} {time}" },
  from: "ab {from}",
  fromUntil: "von {from} bis {until}",
  wouldBe: "würde eingelassen: {what}",
  or: ", oder ",
  and: " und ",
  ifSo: "wenn {what}",
  unknown: "unbekannt",
  unknownCard: "eine unbekannte Karte ({shown})",
  card: "Karte {credential}",
  somebodyWithPin: "jemand mit einer PIN",
  allDoors: "alle Türen",
  inputs: { "key-switch": "Schlüsselschalter", loop: "Fahrzeugschleife", "safety-edge": "Schließkante" },
  data: {
    ...deAlarmData,
    assumed: "angenommen",
    uncertain: "ungewiss",
    active: "aktiv",
    quiet: "ruhig",
    open: "offen",
    short: "kurzgeschlossen",
    tamper: "Sabotage",
  },
  phrases: [
    [/\bno group with this door\b/g, "keine Gruppe mit dieser Tür"],
    [/\bin no group\b/g, "in keiner Gruppe"],
    [/\bno card with this value\b/g, "keine Karte mit diesem Wert"],
    [/\bbelongs to nobody\b/g, "gehört niemandem"],
    [/\bno emergency badge\b/g, "keine Notfallkarte"],
    [/\bclosed today\b/g, "heute geschlossen"],
    [/\bno hours\b/g, "keine Zeiten"],
    [/\bno schedules for\b/g, "keine Zeitpläne für"],
    [/\bnow (\d\d:\d\d)/g, "jetzt $1"],
    [/\buntil (\d{4}-)/g, "bis $1"],
    [/\bfrom (\d{4}-)/g, "ab $1"],
    [/\bsince (\d{4}-)/g, "seit $1"],
    [/\bstill in\b/g, "noch in"],
    [/\bnot seen coming into\b/g, "nicht gesehen beim Betreten von"],
    [/\bnot trusted since the start\b/g, "nicht bestätigt seit dem Start"],
    [/\bnot trusted since it was set\b/g, "nicht bestätigt, seit sie gestellt wurde"],
    [/\ball hours count as kept\b/g, "alle Zeiten zählen als eingehalten"],
    [/\bthe door is open to all\b/g, "die Tür steht allen offen"],
    [/\balways\b/g, "immer"],
    [/\bblocked\b/g, "gesperrt"],
    [/\bsuspended\b/g, "gesperrt"],
    [/\blost\b/g, "verloren"],
    [/\bstolen\b/g, "gestohlen"],
    [/\breturned\b/g, "zurückgegeben"],
    [/\bsecured\b/g, "gesichert"],
    [/\bdenied\b/g, "verboten"],
    [/\bdisabled\b/g, "gesperrt"],
    [/\benabled\b/g, "entsperrt"],
    [/\bkey rotated\b/g, "Schlüssel erneuert"],
    [/\badded as device\b/g, "als Gerät angelegt"],
    [/\badded as client with role\b/g, "als System angelegt mit Rolle"],
    [/\bclaim secret issued\b/g, "Eigentümergeheimnis ausgegeben"],
    [/\bcredential added\b/g, "Karte hinzugefügt"],
    [/\bemergency badge added\b/g, "Notfallkarte hinzugefügt"],
    [/\bemergency badge removed\b/g, "Notfallkarte entfernt"],
  ],
};
