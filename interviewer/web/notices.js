/* Gradio's own words in the page's language. Gradio asks the browser for its language once, though the page's may be
   another; and some of its notices it has in English only. */
"use strict";

(() => {
  const { languages, fallback, locales, notices } = JSON.parse(document.getElementById("gradio-words").textContent);
  const root = document.documentElement;
  const chosen = document.cookie.match(/(?:^|; )interviewer_language=(\w+)/)?.[1];
  const spoken = [chosen, ...navigator.languages.map((l) => l.split("-")[0].toLowerCase())];
  let language = spoken.find((l) => languages.includes(l)) ?? fallback;

  /** Gradio's module goes by a name that changes with the version. Where it isn't found, Gradio keeps to the browser's
      language. */
  async function tellGradio() {
    const loaded = performance.getEntriesByType("resource").map((entry) => entry.name);
    const core = loaded.find((name) => /\/assets\/core-[^/]+\.js$/.test(name));
    if (core) (await import(core)).changeLocale?.(locales[language]);
  }
  const tell = () => tellGradio().catch(() => {});
  tell();

  document.addEventListener("change", (event) => {
    if (!event.target.closest?.("#language")) return;
    language = event.target.value;
    tell();
  });

  /* Gradio writes its language there; its own choice may come late. */
  new MutationObserver(() => {
    if (root.lang === language) return;
    if (root.lang === locales[language]) root.lang = language;
    else tell();
  }).observe(root, { attributes: true, attributeFilter: ["lang"] });

  function say(node) {
    const text = node.nodeValue.trim();
    const known = notices.find(([english]) => text === english || (english.endsWith(".") && text.startsWith(english)));
    if (known && language !== "en") node.nodeValue = known[1][language];
  }

  new MutationObserver(() => {
    for (const toast of document.querySelectorAll(".toast-body")) {
      const texts = document.createTreeWalker(toast, NodeFilter.SHOW_TEXT);
      while (texts.nextNode()) say(texts.currentNode);
    }
  }).observe(root, { childList: true, subtree: true });
})();
