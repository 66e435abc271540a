// The page and its parts are kept by a service worker, where the browser has one: at this machine's own address, or by https.

const KEPT = "trimtab-review";

/** Keeps this page, so that it opens without a server. */
export async function keepPage() {
  if (!("serviceWorker" in navigator)) return;
  await navigator.serviceWorker.register("/static/worker.js", { scope: "/" });
  await navigator.serviceWorker.ready;
  const kept = await caches.open(KEPT);
  const parts = performance.getEntriesByType("resource").map((entry) => new URL(entry.name)).filter((url) => url.origin === location.origin && url.pathname.startsWith("/static/"));
  const wanted = new Set([location.pathname, ...parts.map((url) => url.pathname)]);
  for (const path of wanted) if (!(await kept.match(path))) await kept.add(path);
  document.body.dataset.kept = "yes";
}
