// Keeps the card and the vouchers that were opened, for places without a network. The network is always asked first.
"use strict";
const CACHE = "pennant-1";
const SHELL = "/offline/";
const KEPT = [/^\/card\/$/, /^\/vouchers\/$/, /^\/vouchers\/[^/]+\/$/];
const PARTS = [/^\/style\.css$/, /^\/static\//];
const ENDS = [/^\/profile\/sign-out\/$/, /^\/account\/logout\/$/];

const matches = (rules, url) => rules.some((rule) => rule.test(url.pathname));

addEventListener("install", (event) => {
  event.waitUntil(caches.open(CACHE).then((cache) => cache.addAll([SHELL, "/card/"])).catch(() => {}).then(() => skipWaiting()));
});

addEventListener("activate", (event) => {
  event.waitUntil(
    caches.keys().then((names) => Promise.all(names.filter((name) => name !== CACHE).map((name) => caches.delete(name)))).then(() => clients.claim()),
  );
});

addEventListener("fetch", (event) => {
  const url = new URL(event.request.url);
  if (url.origin !== location.origin) return;
  if (event.request.method === "POST" && matches(ENDS, url)) event.respondWith(forget(event.request));
  else if (event.request.method !== "GET") return;
  else if (event.request.mode === "navigate") event.respondWith(page(event.request, url));
  else if (matches(PARTS, url)) event.respondWith(part(event.request));
});

// Signing out leaves nothing of a member on the phone.
async function forget(request) {
  await caches.delete(CACHE);
  return fetch(request);
}

async function page(request, url) {
  try {
    const fresh = await fetch(request);
    if (matches(KEPT, url)) await keep(request, fresh);
    return fresh;
  } catch {
    const kept = matches(KEPT, url) && (await caches.match(request, { ignoreVary: true }));
    const found = kept || (await caches.match(SHELL, { ignoreVary: true }));
    return found ? (kept ? marked(found) : found) : Response.error();
  }
}

// A page is kept when it is the member's own; a redirect to the sign-in means the one before is nobody's now.
async function keep(request, fresh) {
  if (fresh.ok && !fresh.redirected && fresh.type === "basic") (await caches.open(CACHE)).put(request, fresh.clone());
  else if (fresh.type === "opaqueredirect" || fresh.status === 403 || fresh.status === 404) (await caches.open(CACHE)).delete(request);
}

// The kept page says so itself: its line "no network, this is how it was on …" shows.
async function marked(response) {
  const html = (await response.text()).replace("<html ", "<html data-offline ");
  return new Response(html, { headers: { "Content-Type": "text/html; charset=utf-8" } });
}

async function part(request) {
  try {
    const fresh = await fetch(request);
    if (fresh.ok) (await caches.open(CACHE)).put(request, fresh.clone());
    return fresh;
  } catch {
    return (await caches.match(request)) || Response.error();
  }
}
