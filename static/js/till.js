// A till in a page: the public API and nothing else. Every change carries an Idempotency-Key, kept
// until there is an answer, so a second tap after a broken line counts once.
"use strict";
(() => {
  const form = document.getElementById("till");
  const line = document.getElementById("till-line");
  const shown = document.getElementById("till-answer");
  const waiting = new Map();
  const field = (name) => form.elements.namedItem(name).value.trim();
  const member = () => {
    const text = field("card");
    return text.startsWith("ref:") ? { reference: text.slice(4) } : { card: text };
  };
  const stay = () => ({
    type: "stay",
    occurred_at: new Date().toISOString().slice(0, 10),
    location: "resort-hotel",
    attributes: { outcome: "stayed", nights: Number(field("nights")), suite: false, revenue: "240.00" },
  });
  const fresh = () => (crypto.randomUUID ? crypto.randomUUID() : String(Date.now() + Math.random()));

  async function call(method, path, body) {
    const headers = { Authorization: `Bearer ${field("key")}`, "Content-Type": "application/json" };
    const same = `${method} ${path} ${JSON.stringify(body)}`;
    if (method !== "GET") {
      if (!waiting.has(same)) waiting.set(same, fresh());
      headers["Idempotency-Key"] = waiting.get(same);
    }
    const options = { method, headers };
    if (body !== undefined) options.body = JSON.stringify(body);
    const response = await fetch(form.dataset.api + path, options);
    if (response.status < 500 && response.status !== 429) waiting.delete(same);
    const answer = await response.json();
    shown.textContent = `${response.status} ${method} ${form.dataset.api}${path}\n\n${JSON.stringify(answer, null, 2)}`;
    if (!response.ok) throw Object.assign(new Error(answer.detail), { status: response.status });
    return answer;
  }

  let posted = null;
  const deeds = {
    look: async () => {
      const who = await call("GET", `members/${encodeURIComponent(field("card"))}`);
      return `${who.name}${who.tier ? `, ${who.tier.name}` : ""}`;
    },
    quote: async () => {
      const told = await call("POST", "quotes", { member: member(), activity: stay() });
      return told.awards.map((award) => award.sentence).join(" · ");
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
      if (made.status !== "recorded") return made.message;
      const at = encodeURIComponent(field("card"));
      return (await call("GET", `members/${at}/receipt?activity=${made.id}`)).line;
    },
    redeem: async () => {
      const taken = await call("POST", "redemptions", { member: member(), reward: field("reward") });
      form.elements.namedItem("code").value = taken.code;
      return `${taken.name}: ${taken.code}`;
    },
    check: async () => {
      const found = await call("GET", `vouchers/${encodeURIComponent(field("code"))}`);
      return `${found.name}: ${found.holder}, ${found.last_day}`;
    },
    use: async () => {
      const path = `vouchers/${encodeURIComponent(field("code"))}/use`;
      return (await call("POST", path, { location: "resort-hotel" })).name;
    },
  };
  form.addEventListener("submit", (event) => event.preventDefault());
  form.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-do]");
    if (!button || !form.reportValidity()) return;
    button.disabled = true;
    try {
      line.textContent = await deeds[button.dataset.do]();
    } catch (error) {
      line.textContent = error.message;
    } finally {
      button.disabled = false;
    }
  });
})();
