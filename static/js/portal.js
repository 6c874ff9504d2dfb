// What pages do better with a script. Each works without one.
(() => {
  "use strict";
  const root = document.documentElement;
  root.dataset.script = "";

  // A toast goes when it is dismissed; without a script the link loads the page again.
  document.addEventListener("click", (event) => {
    const close = event.target.closest("[data-dismiss]");
    if (!close) return;
    event.preventDefault();
    close.closest("[data-toast]").remove();
  });

  // A form that takes points is sent once. The server says the same, whatever happens here.
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "yes";
    form.querySelector("[type=submit]").setAttribute("aria-disabled", "true");
  });
  addEventListener("pageshow", () => {
    for (const form of document.querySelectorAll("[data-once]")) {
      delete form.dataset.sent;
      form.querySelector("[type=submit]").removeAttribute("aria-disabled");
    }
  });

  // A number that was tapped in a letter is sent as soon as somebody sees the page; a page that is only fetched sends nothing.
  const tapped = document.querySelector("form[data-now]");
  if (tapped) {
    const send = () => !document.prerendering && document.visibilityState === "visible" && !tapped.dataset.sent && tapped.requestSubmit();
    document.addEventListener("visibilitychange", send);
    document.addEventListener("prerenderingchange", send);
    send();
  }

  // The pennant climbs once after something was earned, and never again for the same entry.
  const { earned, bright } = document.body.dataset;
  if (earned) {
    const known = localStorage.getItem("earned");
    if (known && known !== earned) document.body.classList.add("is-earned");
    localStorage.setItem("earned", earned);
  }

  // The screen stays awake while a code is shown.
  const wake = () => document.visibilityState === "visible" && navigator.wakeLock.request("screen").catch(() => {});
  if (bright !== undefined && "wakeLock" in navigator) {
    wake();
    document.addEventListener("visibilitychange", wake);
  }

  if ("serviceWorker" in navigator && document.body.dataset.member !== undefined) navigator.serviceWorker.register("/sw.js");
})();
