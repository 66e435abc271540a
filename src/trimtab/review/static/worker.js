// Opens the review screen again while there is no server, so that what was said and not sent is at hand and goes out when
// there is one. It keeps the page and its parts and no item; the network always comes first.

const KEPT = "trimtab-review";
const isPage = (url) => /^\/tasks\/\d+$/.test(url.pathname);

addEventListener("install", () => skipWaiting());
addEventListener("activate", (event) => event.waitUntil(clients.claim()));
addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (url.pathname === "/logout") event.waitUntil(caches.delete(KEPT));
  if (event.request.method === "GET" && (isPage(url) || url.pathname.startsWith("/static/"))) event.respondWith(answer(event.request, url));
});

async function answer(request, url) {
  const kept = await caches.open(KEPT);
  try {
    const found = await fetch(request);
    if (found.ok && !found.redirected) await kept.put(url.pathname, found.clone());
    else if (found.status < 500) await kept.delete(url.pathname); // nobody is logged in any more, or there is no such task
    if (found.status < 500) return found;
    return (await kept.match(url.pathname)) ?? found;
  } catch (error) {
    const found = await kept.match(url.pathname);
    if (found) return found;
    throw error;
  }
}
