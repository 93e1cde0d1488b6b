// Makes pages nicer that work without it: keys as readers know them, light or dark by choice, marks
// without loading the page anew (by htmx). It is loaded in the head, so that a dark page never
// flashes light; the rest waits for the document.
"use strict";

(() => {
  const root = document.documentElement;

  // --- what this browser remembers

  const recall = (key) => {
    try {
      return localStorage.getItem(key) || "";
    } catch {
      return "";
    }
  };
  const remember = (key, value) => {
    try {
      if (value) localStorage.setItem(key, value);
      else localStorage.removeItem(key);
    } catch {
      // Storage is off: it holds until the page is left.
    }
  };

  // --- light or dark

  const THEMES = { "": "as the system", light: "light", dark: "dark" };
  const show = (theme) => {
    if (theme) root.dataset.theme = theme;
    else delete root.dataset.theme;
  };
  const theme = () => (recall("theme") in THEMES ? recall("theme") : "");
  show(theme());

  const themeSwitch = () => {
    const button = document.querySelector("[data-theme-switch]");
    if (!button) return;
    const name = button.querySelector("[data-theme-name]");
    let present = theme();
    name.textContent = THEMES[present];
    button.hidden = false;
    button.addEventListener("click", () => {
      const all = Object.keys(THEMES);
      present = all[(all.indexOf(present) + 1) % all.length];
      remember("theme", present);
      show(present);
      name.textContent = THEMES[present];
    });
  };

  // --- items: what j and k walk through

  let last = null;
  const items = () => [...document.querySelectorAll("[data-item]")];
  const current = () => {
    const focused = document.activeElement?.closest("[data-item]");
    if (focused) return focused;
    if (last?.isConnected) return last;
    const all = items();
    return all.length === 1 ? all[0] : null;
  };
  const go = (item) => {
    const link = item?.querySelector("[data-open]");
    if (!link) return;
    last = item;
    link.focus({ preventScroll: true });
    item.scrollIntoView({ block: "nearest" });
  };
  const step = (by) => {
    const all = items();
    const at = all.indexOf(current());
    go(all[at < 0 ? 0 : Math.min(Math.max(at + by, 0), all.length - 1)]);
  };
  const press = (selector) => current()?.querySelector(selector)?.click();

  // --- the place in a list, kept while this tab is open

  const PLACE = "place "; // and the path of a list: which list of it was open, and at which item
  const BACK = "back"; // the path of a list that is being gone back to
  const session = (act) => {
    try {
      return act(sessionStorage);
    } catch {
      return null; // Storage is off: lists begin at the top.
    }
  };
  const opened = (event) => {
    const link = event.target.closest?.("[data-item] [data-open]");
    if (!link) return;
    const place = { search: location.search, href: link.getAttribute("href") };
    session((kept) => kept.setItem(PLACE + location.pathname, JSON.stringify(place)));
  };
  const placeOf = (path) => session((kept) => JSON.parse(kept.getItem(PLACE + path)));
  // Up to the list as it was, of a day or a tag, too.
  const upwards = (event) => {
    const link = event.target.closest?.("[data-up]");
    if (!link || link.search) return;
    session((kept) => kept.setItem(BACK, link.pathname));
    const place = placeOf(link.pathname);
    if (place) link.search = place.search;
  };
  const restore = () => {
    const up = session((kept) => kept.getItem(BACK)) === location.pathname;
    session((kept) => kept.removeItem(BACK));
    const [how] = performance.getEntriesByType("navigation");
    if (!up && how?.type !== "back_forward") return;
    const place = placeOf(location.pathname);
    if (place?.search !== location.search) return;
    const link = document.querySelector(`[data-item] [data-open][href="${CSS.escape(place.href)}"]`);
    if (!link) return;
    last = link.closest("[data-item]");
    link.focus({ preventScroll: true });
    if (up) last.scrollIntoView({ block: "center" });
  };

  // --- keys

  const PLACES = {
    t: "/",
    f: "/search",
    s: "/sources",
    w: "/watches",
    d: "/digests",
    ",": "/settings",
  };
  const WAIT = 1500; // milliseconds for the second key
  const dialog = () => document.getElementById("keys");
  const KEYS = {
    j: () => step(1),
    k: () => step(-1),
    o: () => press("[data-open]"),
    v: () => press("[data-out]"),
    s: () => press("[data-star]"),
    m: () => press("[data-read]"),
    u: () => document.querySelector("[data-up]")?.click(),
    "/": () => {
      const field = document.querySelector("[data-search]");
      if (field) field.select();
      else location.assign(PLACES.f);
    },
    "?": () => dialog()?.showModal(),
  };
  const off = () => recall("keys") === "off";
  let began = -Infinity; // when g was pressed

  const onKey = (event) => {
    if (event.defaultPrevented || event.ctrlKey || event.metaKey || event.altKey) return;
    const target = event.target;
    if (target.closest?.("input, textarea, select, [contenteditable]")) {
      if (event.key === "Escape") target.blur();
      return;
    }
    if (off() || document.querySelector("dialog[open]")) return;
    const second = event.timeStamp - began < WAIT;
    began = -Infinity;
    if (second && event.key in PLACES) {
      event.preventDefault();
      location.assign(PLACES[event.key]);
    } else if (event.key === "g") {
      began = event.timeStamp;
    } else if (Object.hasOwn(KEYS, event.key)) {
      event.preventDefault();
      KEYS[event.key]();
    }
  };

  const help = () => {
    const button = document.querySelector("[data-help]");
    if (!button || !dialog()) return;
    button.hidden = false;
    button.addEventListener("click", () => dialog().showModal());
    const check = document.querySelector("[data-keys-off]");
    check.checked = off();
    check.addEventListener("change", () => remember("keys", check.checked ? "off" : ""));
  };

  // --- marks

  const say = (text) => {
    const place = document.querySelector("[data-live]");
    if (place) place.textContent = text;
  };
  let focused = false;
  const onMark = (event) => {
    const button = event.target.closest?.("button[data-star], button[data-read]");
    if (!button || !window.htmx) return; // without htmx the form is sent
    event.preventDefault();
    focused = button === document.activeElement;
    window.htmx.ajax("POST", button.getAttribute("formaction"), {
      source: button,
      target: button,
      swap: "outerHTML",
      values: button.name ? { [button.name]: button.value } : {},
    });
  };
  const afterSwap = (event) => {
    const button = event.detail.elt;
    if (!button?.matches?.("button[aria-pressed]")) return;
    if (focused) button.focus();
    const on = button.getAttribute("aria-pressed") === "true";
    const star = button.hasAttribute("data-star");
    say(star ? (on ? "Starred." : "Not starred any more.") : on ? "Read." : "Unread.");
    if (!star) button.closest("[data-item]")?.classList.toggle("item-read", on);
  };

  // A picture that cannot be had, and says nothing, leaves no hole.
  const missed = (event) => {
    if (event.target instanceof HTMLImageElement && !event.target.alt) event.target.hidden = true;
  };

  document.addEventListener("error", missed, true);
  document.addEventListener("keydown", onKey);
  document.addEventListener("htmx:configRequest", (event) => {
    const token = document.querySelector('meta[name="csrf"]')?.content;
    if (token) event.detail.headers["X-CSRF-Token"] = token;
  });
  document.addEventListener("click", onMark);
  document.addEventListener("click", opened);
  document.addEventListener("click", upwards);
  document.addEventListener("htmx:afterSwap", afterSwap);
  for (const kind of ["htmx:responseError", "htmx:sendError"]) {
    document.addEventListener(kind, () => say("That did not work; load the page again."));
  }
  document.addEventListener("DOMContentLoaded", () => {
    themeSwitch();
    help();
    const named = location.hash.length > 1 && document.getElementById(location.hash.slice(1));
    if (named && named.matches("[data-item]")) last = named;
    else restore();
  });
})();
