// A server for developing the page: builds at each request of the bundle, and passes
// /api to a running collector.
//
//   node dev.mjs                      http://127.0.0.1:4320, API of 127.0.0.1:4319
//   node dev.mjs --to http://host:1   another collector
//   node dev.mjs --fixtures           without a collector: test/fixtures.mjs answers
//   node dev.mjs --port 0             another port; 0 is any
import { context } from "esbuild";
import { readFile } from "node:fs/promises";
import http from "node:http";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { html, options } from "./build.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const { values } = parseArgs({
  options: {
    to: { type: "string", default: "http://127.0.0.1:4319" },
    port: { type: "string", default: "4320" },
    fixtures: { type: "boolean", default: false },
  },
});

const builder = await context({ ...options, sourcemap: "inline", write: false, outdir: "assets" });
const answer = values.fixtures ? (await import("./test/fixtures.mjs")).answer : proxy;

const headers = {
  "Content-Security-Policy":
    "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
};

function proxy(request, response) {
  const target = new URL(request.url, values.to);
  const passed = http.request(target, { method: request.method, headers: { ...request.headers, host: target.host } }, (got) => {
    response.writeHead(got.statusCode, got.headers);
    got.pipe(response);
  });
  passed.on("error", (err) => {
    if (!response.headersSent) response.writeHead(502, { "Content-Type": "application/json" });
    response.end(JSON.stringify({ error: `no collector at ${values.to}: ${err.code ?? err.message}` }));
  });
  response.on("close", () => passed.destroy());
  request.pipe(passed);
}

const server = http.createServer(async (request, response) => {
  const path = request.url.split("?")[0];
  if (path.startsWith("/api/")) return answer(request, response);
  try {
    if (path.startsWith("/assets/")) {
      const { outputFiles } = await builder.rebuild();
      const css = path.endsWith(".css");
      const file = outputFiles.find((one) => one.path.endsWith(css ? ".css" : ".js"));
      response.writeHead(200, { ...headers, "Content-Type": css ? "text/css" : "text/javascript", "Cache-Control": "no-store" });
      return response.end(file.contents);
    }
    if (path === "/favicon.svg") {
      response.writeHead(200, { ...headers, "Content-Type": "image/svg+xml" });
      return response.end(await readFile(join(here, "src", "favicon.svg")));
    }
    response.writeHead(200, { ...headers, "Content-Type": "text/html; charset=utf-8", "Cache-Control": "no-store" });
    response.end(await html("dev"));
  } catch (err) {
    response.writeHead(500, { "Content-Type": "text/plain" });
    response.end(String(err));
  }
});
server.listen(Number(values.port), "127.0.0.1", () => {
  console.log(`http://127.0.0.1:${server.address().port} (${values.fixtures ? "fixtures" : `API of ${values.to}`})`);
});
