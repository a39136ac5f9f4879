import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { helpPages } from "./help-pages.js";

/** `vite build web/app`. Every file is served by the gateway itself, under a policy that allows nothing inline and nothing foreign. */
// biome-ignore lint/style/noDefaultExport: it is what Vite reads
export default defineConfig({
  plugins: [react(), helpPages()],
  base: "/",
  build: {
    outDir: "../../dist/web/app",
    emptyOutDir: true,
    target: "es2022",
    // `img-src 'self'` has no room for data: addresses.
    assetsInlineLimit: 0,
    modulePreload: { polyfill: false },
    manifest: true,
    reportCompressedSize: false,
    chunkSizeWarningLimit: 700,
  },
  server: {
    proxy: { "/api": { target: process.env.GATEWARDEN_URL ?? "http://127.0.0.1:8080" } },
  },
});
