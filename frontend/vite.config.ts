import { defineConfig } from "vite";

// every entry is one page's own script; Django's `{% asset %}` reads the manifest
export default defineConfig({
  base: "/static/build/",
  build: {
    outDir: "../src/linli/web/static/build",
    emptyOutDir: true,
    manifest: "manifest.json",
    assetsInlineLimit: 0,
    rollupOptions: {
      input: [
        "src/main.ts", "src/map.ts", "src/diagnosis.ts", "src/progress.ts", "src/place.ts", "src/report.ts", "src/today.ts",
        "src/report-worker.ts", "src/workbench.ts",
      ],
      // the worker is served under an address of its own, see linli.cases.views.report.worker
      output: { entryFileNames: (chunk) => (chunk.name === "report-worker" ? "report-worker.js" : "assets/[name]-[hash].js") },
    },
  },
});
