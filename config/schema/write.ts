/** Writes `site.schema.json` beside this file: `npx tsx config/schema/write.ts`. */
import { writeFileSync } from "node:fs";
import { siteJsonSchema } from "../../gateway/site/json-schema.js";

const target = new URL("site.schema.json", import.meta.url);
writeFileSync(target, `${JSON.stringify(siteJsonSchema(), null, 2)}\n`);
