/** `npm test` begins here; the step itself is in `install-step.ts`. */
import { register } from "tsx/esm/api";

register();
const { installHere } = await import("./install-step.ts");
process.exitCode = installHere();
