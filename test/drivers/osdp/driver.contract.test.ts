import { describeWithPeers } from "../../peers/peers.js";
import { driverContract } from "../contract.js";
import { osdpRig } from "./rig.js";

describeWithPeers("over a pseudo-terminal", ["socat"], ({ socat }) => {
  driverContract("the OSDP driver", () => osdpRig(socat));
});
