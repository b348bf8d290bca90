/* For pages with the form of a segment. They are complete without it; it keeps what somebody types while
   an answer is on its way, and asks before unsaved changes are left behind. */
"use strict";
(() => {
  const form = document.getElementById("editor");
  if (!form) return;
  // Which rows and fields there are belongs to the answer; what was typed does not.
  const typed = () => {
    const pairs = [...new FormData(form)].filter(([name]) => !["do", "csrfmiddlewaretoken"].includes(name));
    return JSON.stringify(pairs);
  };

  /* An answer made from what was typed before must not take the place of what is typed now: it is
     asked for again. */
  const asked = new WeakMap();
  const replaces_fields = (detail) => ["rule", "face"].includes(detail.target.id);
  form.addEventListener("htmx:beforeRequest", (event) => {
    if (replaces_fields(event.detail)) asked.set(event.detail.elt, typed());
  });
  form.addEventListener("htmx:beforeSwap", (event) => {
    const { target, requestConfig } = event.detail;
    if (!replaces_fields({ target }) || !event.detail.shouldSwap) return;
    const element = requestConfig.elt;
    if (asked.get(element) === typed() || !element.isConnected) return;
    event.detail.shouldSwap = false;
    setTimeout(() => htmx.trigger(element, element.tagName === "BUTTON" ? "click" : "change"));
  });

  const stored = "unsaved" in form.dataset ? "" : typed();
  let is_leaving = false;
  form.addEventListener("submit", () => { is_leaving = true; });
  window.addEventListener("pageshow", () => { is_leaving = false; });
  window.addEventListener("beforeunload", (event) => {
    if (!is_leaving && typed() !== stored) event.preventDefault();
  });
})();
