/**
 * Makes one file of the stories and of the core as Stryker has changed it. A mutant is then tried in a second: reading two hundred
 * files took longer than all the stories in them.
 */
import { join } from "node:path";
import { build } from "vite";

await build({
  configFile: false,
  logLevel: "warn",
  build: {
    ssr: join(import.meta.dirname, "every-story.mjs"),
    // Beside the stories, which look for their golden transcripts there.
    outDir: join(import.meta.dirname, "../stories"),
    emptyOutDir: false,
    minify: false,
    target: "node20",
    rolldownOptions: { output: { entryFileNames: "every-story.bundle.mjs", codeSplitting: false } },
  },
});
