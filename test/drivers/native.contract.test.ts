import { driverContract } from "./contract.ts";
import { nativeRig } from "./mqtt-rig.ts";

driverContract("the native MQTT driver", nativeRig);
