import { driverContract } from "./contract.js";
import { nativeRig } from "./mqtt-rig.js";

driverContract("the native MQTT driver", nativeRig);
