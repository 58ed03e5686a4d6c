// Keeps the report page and what it needs at hand, so that it opens without a network; it sends nothing itself.
/// <reference lib="webworker" />
const worker = self as unknown as ServiceWorkerGlobalScope;
const NAME = "linli-report-1";
const PAGE = "/report/";

worker.addEventListener("install", (event) => {
  event.waitUntil(caches.open(NAME).then((store) => store.add(new Request(PAGE, { credentials: "omit" }))));
  void worker.skipWaiting();
});
worker.addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== NAME).map((name) => caches.delete(name)))),
  );
  event.waitUntil(worker.clients.claim());
});
worker.addEventListener("fetch", (event) => {
  const { request } = event;
  const { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== worker.location.origin) return;
  if (pathname.startsWith("/static/")) {
    // their names change with their content
    event.respondWith(
      caches.match(request).then(
        (kept) =>
          kept ??
          fetch(request).then((answer) => {
            if (answer.ok) void caches.open(NAME).then((store) => store.put(request, answer.clone()));
            return answer;
          }),
      ),
    );
  } else if (pathname === PAGE && request.mode === "navigate") {
    event.respondWith(
      fetch(request)
        .then((answer) => {
          const copy = answer.clone();
          if (answer.ok && !new URL(request.url).search) event.waitUntil(caches.open(NAME).then((store) => store.put(PAGE, copy)));
          return answer;
        })
        .catch(() => caches.match(PAGE).then((kept) => kept ?? Response.error())),
    );
  } else if (pathname === "/report/ground.json") {
    event.respondWith(
      fetch(request)
        .then((answer) => {
          const copy = answer.clone();
          if (answer.ok) event.waitUntil(caches.open(NAME).then((store) => store.put(request, copy)));
          return answer;
        })
        .catch(() => caches.match(request).then((kept) => kept ?? Response.error())),
    );
  }
});
