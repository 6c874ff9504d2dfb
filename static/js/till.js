// A till in a page: the public API and nothing else. Every change carries an Idempotency-Key, kept
// until there is an answer, so a second tap after a broken line counts once.
"use strict";
(() => {
  const form = document.getElementById("till");
  const line = document.getElementById("till-line");
  const called = document.getElementById("till-call");
  const shown = document.getElementById("till-answer");
  const who = document.getElementById("till-who");
  const PLACE = "resort-hotel";
  const waiting = new Map();
  const control = (name) => form.elements.namedItem(name);
  const field = (name) => control(name).value.trim();
  const button = (name) => form.querySelector(`[data-do="${name}"]`);
  const at = (...parts) => parts.map(encodeURIComponent).join("/");
  const number = (value) => new Intl.NumberFormat(form.dataset.language).format(value);
  const member = () => {
    const text = field("card");
    return text.startsWith("ref:") ? { reference: text.slice(4) } : { card: text };
  };
  const today = () => new Date().toLocaleDateString("sv"); // the day on the wall, as 2026-03-31
  const stay = () => ({
    type: "stay",
    occurred_at: today(),
    location: PLACE,
    attributes: {
      outcome: "stayed",
      nights: Number(field("nights")),
      suite: false,
      revenue: field("revenue"),
    },
  });
  const fresh = () => (crypto.randomUUID ? crypto.randomUUID() : String(Date.now() + Math.random()));

  async function call(method, path, body) {
    const headers = { Authorization: `Bearer ${field("key")}` };
    const same = `${method} ${path} ${JSON.stringify(body)}`;
    if (method !== "GET") {
      headers["Content-Type"] = "application/json";
      if (!waiting.has(same)) waiting.set(same, fresh());
      headers["Idempotency-Key"] = waiting.get(same);
    }
    const options = { method, headers };
    if (body !== undefined) options.body = JSON.stringify(body);
    const response = await fetch(form.dataset.api + path, options);
    if (response.status < 500 && response.status !== 429) waiting.delete(same);
    const answer = await response.json();
    called.textContent = `${response.status} ${method} ${form.dataset.api}${path}`;
    const sent = body === undefined ? "" : `${JSON.stringify(body, null, 2)}\n\n`;
    shown.textContent = `${sent}${JSON.stringify(answer, null, 2)}`;
    if (!response.ok) throw Object.assign(new Error(answer.detail), { status: response.status });
    return answer;
  }

  let posted = null; // sent, and not answered yet
  let last = null; // what Cancel would cancel
  let held = null; // what is put aside
  const offer = (rewards) => {
    const options = rewards.map((one) => {
      const option = new Option(`${one.name} · ${number(one.price)}`, one.code);
      option.disabled = !one.is_available || one.needs.length > 0;
      return option;
    });
    control("reward").replaceChildren(...options);
    const first = options.findIndex((option) => !option.disabled);
    control("reward").selectedIndex = Math.max(0, first);
  };
  const keep = (reservation) => {
    held = reservation;
    for (const name of ["capture", "release"]) button(name).disabled = held === null;
    button("reserve").disabled = held !== null;
  };
  const taken = (redemption) => {
    control("code").value = redemption.code;
    return `${redemption.name}\n${redemption.code}`;
  };

  const deeds = {
    look: async () => {
      const found = await call("GET", `members/${at(field("card"))}`);
      const told = called.textContent;
      const answer = shown.textContent;
      const rewards = await call("GET", `rewards?member=${at(found.id)}`);
      offer(rewards.data);
      [called.textContent, shown.textContent] = [told, answer];
      const points = Object.entries(found.balances).map(
        ([unit, amount]) => `${number(amount)} ${found.units[unit].plural}`,
      );
      who.textContent = [found.name, found.tier && found.tier.name, ...points].filter(Boolean).join(" · ");
      who.hidden = false;
      return (await call("GET", `members/${at(found.id)}/receipt`)).lines.join("\n");
    },
    quote: async () => {
      const asked = { member: member(), activity: stay(), basket: { amount: field("revenue") } };
      const told = await call("POST", "quotes", asked);
      return told.awards.map((award) => award.sentence).join("\n");
    },
    post: async () => {
      posted = posted || { ...stay(), reference: `till-${fresh()}`, member: member() };
      let made;
      try {
        made = await call("POST", "activities", posted);
      } catch (error) {
        if (error.status < 500) posted = null; // a no is an answer; a broken line is none
        throw error;
      }
      posted = null;
      last = made;
      button("cancel").disabled = false;
      if (made.status !== "recorded") return made.message || made.expected.map((one) => one.sentence).join("\n");
      return (await call("GET", `members/${at(field("card"))}/receipt?activity=${made.id}`)).lines.join("\n");
    },
    cancel: async () => {
      const why = { reference: `${last.reference}-cancelled`, reason: "Cancelled at the till" };
      const done = await call("POST", `activities/${at(last.id)}/cancel`, why);
      last = null;
      return done.corrections.map((one) => one.sentence).join("\n");
    },
    redeem: async () => {
      const asked = { member: member(), reward: field("reward"), location: PLACE };
      return taken(await call("POST", "redemptions", asked));
    },
    reserve: async () => {
      const asked = { member: member(), reward: field("reward"), location: PLACE, minutes: 5 };
      keep(await call("POST", "reservations", asked));
      return `${held.name}\n${new Date(held.held_until).toLocaleTimeString(form.dataset.language)}`;
    },
    capture: async () => {
      const made = await call("POST", `reservations/${at(held.id)}/capture`);
      keep(null);
      return taken(made);
    },
    release: async () => {
      const gone = await call("POST", `reservations/${at(held.id)}/release`, { reason: "Let go at the till" });
      keep(null);
      return gone.name;
    },
    check: async () => {
      const found = await call("GET", `vouchers/${at(field("code"))}`);
      return [found.name, found.holder, found.last_day].join("\n");
    },
    use: async () => (await call("POST", `vouchers/${at(field("code"), "use")}`, { location: PLACE })).name,
    undo: async () => (await call("POST", `vouchers/${at(field("code"), "undo")}`)).name,
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", async (event) => {
    const pressed = event.target.closest("[data-do]");
    if (!pressed || !form.reportValidity()) return;
    pressed.disabled = true;
    line.classList.remove("is-refused");
    try {
      line.textContent = await deeds[pressed.dataset.do]();
    } catch (error) {
      line.textContent = error.message;
      line.classList.add("is-refused");
      if (error.status === 409 && held && ["capture", "release"].includes(pressed.dataset.do)) keep(null);
    } finally {
      const isOver = { cancel: last === null, capture: held === null, release: held === null, reserve: held !== null };
      pressed.disabled = Boolean(isOver[pressed.dataset.do]);
    }
  });
})();
