/* What the page can't do from the server: the clock, drafts, focus, keys, the document's language, the reader's zone. */
(() => {
  "use strict";
  const $ = (selector) => document.querySelector(selector);
  const box = () => $("#box textarea");
  const turn = () => $("#question [data-turn]");
  const lookBack = () => $("#look-back [data-turn]");
  let skew = 0; // the server's clock less this one's, in milliseconds
  let seenNow = null;
  let shownTurn = null;
  let handedIn = null;

  function keep(key, text) {
    try {
      if (text) localStorage.setItem(key, text);
      else localStorage.removeItem(key);
    } catch { /* private mode: there are no drafts then */ }
  }

  function kept(key) {
    try { return localStorage.getItem(key) || ""; } catch { return ""; }
  }

  function type(text) {
    const area = box();
    area.value = text;
    area.dispatchEvent(new Event("input", { bubbles: true }));
  }

  function press(id) {
    const button = document.getElementById(id);
    if (button && !button.disabled) button.click();
  }

  /* What a button acts on: the turn on the screen, whatever the server has sent meanwhile to other places. */
  window.interviewer = { onScreen: (place) => (lookBack() || turn())?.dataset.turn ?? place };

  /* One click, one action: not a double click's second half, wherever it lands, nor a key that is held down. Two lines
     confirmed one after the other are two clicks. */
  const buttons = "#actions button, [data-do]";
  const named = ({ dataset }) => (dataset.do ? [dataset.do, dataset.question, dataset.criterion, dataset.at].join() : "");
  let clicked = "";
  document.addEventListener("click", (event) => {
    const button = event.target.closest(buttons);
    if (!button) return;
    const before = clicked;
    clicked = named(button);
    if (event.detail < 2 || (before && clicked && before !== clicked)) return;
    event.stopImmediatePropagation();
    event.preventDefault();
  }, true);
  document.addEventListener("keydown", (event) => {
    if (event.repeat && event.key === "Enter" && event.target.closest?.(buttons)) event.preventDefault();
  }, true);

  /* Drafts: what was typed for a turn comes back after a reload, a crash, or a refused answer. */
  function draftKey() { return turn() && `draft:${turn().dataset.turn}`; }

  function newTurn() {
    const current = turn();
    if (!current || lookBack() || !box() || current.dataset.turn === shownTurn) return;
    if (shownTurn) keep(`draft:${shownTurn}`, "");
    shownTurn = current.dataset.turn;
    const draft = kept(draftKey());
    if (draft && !box().value) type(draft);
    if (document.activeElement === document.body || document.activeElement?.closest("#room, #setup")) {
      box().focus({ preventScroll: true });
    }
  }

  /* The look back: its heading is where reading begins; y and n answer the first line that is not confirmed. What the
     server draws anew after that gets its focus back. */
  let lookedBackAt = null;
  let confirming = null;

  function beginLookBack() {
    const panel = lookBack();
    if (!panel) { lookedBackAt = null; return; }
    if (panel.dataset.turn === lookedBackAt) return;
    lookedBackAt = panel.dataset.turn;
    panel.querySelector("h2").focus();
  }

  const inSight = (element) => element.offsetParent !== null;

  function markCurrent() {
    const open = [...document.querySelectorAll("#look-back [data-unconfirmed], #report [data-unconfirmed]")].find(inSight);
    for (const line of document.querySelectorAll(".current-line")) if (line !== open) line.classList.remove("current-line");
    if (open && !open.classList.contains("current-line")) open.classList.add("current-line");
    return open;
  }

  const slot = (button) => [...button.parentElement.children].indexOf(button);

  function refocus() {
    const current = markCurrent();
    if (!confirming || !(confirming.byKey || document.activeElement === document.body)) return;
    const { question, criterion, at, byKey } = confirming;
    const again = [...document.querySelectorAll("[data-do=confirm]")].find((b) => inSight(b) && b.dataset.question === question && b.dataset.criterion === criterion && slot(b) === at);
    if (!again || again.getAttribute("aria-pressed") === confirming.pressed) return;
    confirming = null;
    if (byKey) current?.scrollIntoView({ block: "nearest" });
    else again.focus({ preventScroll: true });
  }

  document.addEventListener("click", (event) => {
    const button = event.target.closest("[data-do=confirm]");
    if (button) confirming = { button, ...button.dataset, at: slot(button), pressed: button.getAttribute("aria-pressed"), byKey: pressedByKey };
  }, true);

  let pressedByKey = false;
  document.addEventListener("keydown", (event) => {
    const at = ["y", "n"].indexOf(event.key.toLowerCase());
    if (at < 0 || event.repeat || event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.target.closest?.("input, textarea, select, [contenteditable]")) return;
    const button = markCurrent()?.querySelectorAll("[data-do=confirm]")[at];
    if (!button || button.disabled) return;
    event.preventDefault();
    pressedByKey = true;
    button.click();
    pressedByKey = false;
  });

  /* Where a keyboard covers the page without resizing it, what has to stay in sight stands above it. */
  const viewport = window.visualViewport;
  function aboveKeyboard() {
    const covered = Math.max(0, window.innerHeight - viewport.height - viewport.offsetTop);
    document.documentElement.style.setProperty("--keyboard", `${viewport.scale > 1 ? 0 : Math.round(covered)}px`);
  }
  viewport?.addEventListener("resize", aboveKeyboard);
  viewport?.addEventListener("scroll", aboveKeyboard);

  /* Times are told in the reader's zone. */
  document.cookie = `interviewer_zone=${Intl.DateTimeFormat().resolvedOptions().timeZone}; path=/; max-age=31536000; samesite=lax`;

  /* After a reload: go on watching a grading that is under way. */
  function watch() {
    const button = $("#live [data-watch]");
    if (button && !button.disabled) button.click();
  }

  /* What is new is in sight. Unfolding an old question adds no nodes, and moves nothing. */
  function scroll(changes) {
    if (!changes.some((change) => change.addedNodes.length && change.target.closest?.("#transcript"))) return;
    const log = $("#transcript .log");
    if (log) log.scrollTop = log.scrollHeight;
  }

  /* What came of a dispute: the focus goes there, once. */
  function here() {
    for (const place of document.querySelectorAll("[data-here]")) {
      if (!place.offsetParent) continue;
      place.removeAttribute("data-here");
      place.focus();
    }
  }

  /* Arguments being typed: a scorecard that is drawn anew, after a second look, say, gets them back. */
  const arguing = new Map();
  let arguingAt = null;

  function argumentKey(area) {
    const { interview, question, criterion } = area.closest(".dispute").querySelector("[data-do=dispute]").dataset;
    return [area.closest("#look-back, #transcript, #report")?.id, interview, question, criterion].join("/");
  }

  function argue() {
    for (const area of document.querySelectorAll(".dispute textarea")) {
      const key = argumentKey(area), form = area.closest("details");
      if (!arguing.has(key) || (area.value && form.open)) continue;
      area.value = arguing.get(key);
      form.open = true;
      if (key === arguingAt && document.activeElement === document.body) area.focus({ preventScroll: true });
    }
  }

  document.addEventListener("focusin", (event) => {
    arguingAt = event.target.matches(".dispute textarea") ? argumentKey(event.target) : null;
  });

  document.addEventListener("click", (event) => {
    const area = event.target.closest("[data-do=dispute], .dispute summary")?.closest(".dispute").querySelector("textarea");
    if (!area) return;
    const opens = event.target.closest("summary") && !area.closest("details").open;
    if (opens && area.value) arguing.set(argumentKey(area), area.value);
    else arguing.delete(argumentKey(area)); // sent, or folded away
  }, true);

  document.addEventListener("input", (event) => {
    if (event.target === box() && draftKey()) keep(draftKey(), event.target.value);
    if (!event.target.matches(".dispute textarea")) return;
    if (event.target.value) arguing.set(argumentKey(event.target), event.target.value);
    else arguing.delete(argumentKey(event.target));
  });

  document.addEventListener("keydown", (event) => {
    if (event.target !== box() || event.key !== "Enter" || event.isComposing) return;
    if (event.ctrlKey || event.metaKey) { event.preventDefault(); press("send"); }
  });

  /* Focus stays in the answer box. */
  document.addEventListener("click", (event) => {
    if (event.detail && event.target.closest("#actions button, #transcript [data-do=grade], #live [data-do]") && !lookBack()) box()?.focus({ preventScroll: true });
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      if (!open.contains(event.target)) open.open = false;
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key !== "Escape") return;
    for (const open of document.querySelectorAll("details.confirm[open]")) {
      open.open = false;
      open.querySelector("summary").focus();
    }
  });

  /* The clock. At zero the box is handed in as it is; an empty one says "I don't know". */
  function tick() {
    const clock = $("[data-clock]");
    if (!clock) return;
    if (clock.dataset.now !== seenNow) { seenNow = clock.dataset.now; skew = Number(seenNow) - Date.now(); }
    const now = Date.now() + skew;
    const deadline = Number(clock.dataset.deadline);
    const seconds = deadline ? Math.max(0, Math.ceil((deadline - now) / 1000)) : Math.max(0, Math.floor((now - Number(clock.dataset.started)) / 1000));
    const text = `${Math.floor(seconds / 60)}:${String(seconds % 60).padStart(2, "0")}`;
    if (clock.textContent !== text) clock.textContent = text;
    clock.classList.toggle("short", Boolean(deadline) && seconds <= 15);
    const current = turn();
    if (deadline && seconds === 0 && current && "open" in current.dataset && handedIn !== current.dataset.turn) {
      handedIn = current.dataset.turn;
      press(box().value.trim() ? "send" : "dont-know");
    }
  }

  function remember() {
    const header = $("#header [data-language]");
    if (!header) return;
    const { language, title } = header.dataset;
    const root = document.documentElement;
    if (root.lang !== language) root.lang = language;
    if (document.title !== title) document.title = title;
    root.classList.add("ready");
  }

  document.addEventListener("change", (event) => {
    if (event.target.closest("#language")) document.cookie = `interviewer_language=${event.target.value}; path=/; max-age=31536000; samesite=lax`;
  });

  new MutationObserver((changes) => { remember(); newTurn(); beginLookBack(); tick(); watch(); scroll(changes); here(); argue(); refocus(); }).observe(document.documentElement, {
    childList: true,
    subtree: true,
    attributes: true,
    attributeFilter: ["data-turn", "data-language", "data-now", "data-deadline"],
  });
  setInterval(tick, 500);
  setTimeout(() => document.documentElement.classList.add("ready"), 8000);
})();
