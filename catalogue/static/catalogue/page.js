/* The script of every page. Each is complete without it; it keeps the focus where it was when
   a part of a page is replaced, says aloud what changed, and saves some steps. */
"use strict";
(() => {
  const root = document.documentElement;
  const byId = (id) => (id ? document.getElementById(id) : null);
  root.dataset.script = "";

  /* What needs a script shows itself only now. */
  const reveal = (part) => {
    for (const control of part.querySelectorAll("[data-copies], [data-removes], [data-needs-script]")) control.hidden = false;
  };
  reveal(document);

  /* A single key may be in somebody's way (speech input, for one): it can be switched off. */
  const shortcuts = byId("shortcuts");
  if (shortcuts) {
    shortcuts.checked = localStorage.getItem("shortcuts") !== "off";
    shortcuts.addEventListener("change", () => localStorage.setItem("shortcuts", shortcuts.checked ? "on" : "off"));
  }

  /* The polite region: one sentence at a time. */
  const say = (sentence) => {
    const region = byId("said");
    if (region && sentence && region.textContent !== sentence) region.textContent = sentence;
  };
  const show_problem = (sentence) => {
    const slot = byId("problem");
    if (slot) slot.textContent = sentence;
  };

  const open = (dialog) => {
    if (!dialog.open) dialog.showModal();
  };
  const actions = {
    copies: async (button) => {
      await navigator.clipboard.writeText(byId(button.dataset.copies).innerText.trim());
      say("Copied.");
      const word = button.querySelector("span");
      const before = word.textContent;
      word.textContent = "Copied";
      setTimeout(() => { word.textContent = before; }, 2000);
    },
    removes: (button) => button.closest(button.dataset.removes).remove(),
    closes: (button) => button.closest("dialog").close(),
    opens: (link) => {
      const dialog = byId(link.dataset.opens);
      if (!dialog) return false;
      open(dialog);
      return true;
    },
  };

  document.addEventListener("click", (event) => {
    for (const menu of document.querySelectorAll("details.menu[open]")) {
      if (!menu.contains(event.target)) menu.open = false;
    }
    const control = event.target.closest("[data-copies], [data-removes], [data-closes], [data-opens]");
    if (!control) return;
    const name = Object.keys(actions).find((action) => action in control.dataset);
    // What opens a dialog is a link to the same question as a page: without a dialog it is followed.
    if (actions[name](control) !== false) event.preventDefault();
  });

  const is_typing = (element) => element.closest("input, select, textarea, [contenteditable]") !== null;
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape") {
      for (const menu of document.querySelectorAll("details.menu[open]")) {
        menu.open = false;
        menu.querySelector("summary").focus();
      }
    }
    if (event.key !== "/" || !shortcuts?.checked || event.ctrlKey || event.metaKey || event.altKey || is_typing(event.target)) return;
    const search = [...document.querySelectorAll("[data-search]")].find((input) => input.checkVisibility());
    if (search) {
      event.preventDefault();
      search.focus();
      search.select();
    }
  });

  /* Replaced parts. */
  let had_focus = null;
  document.addEventListener("htmx:beforeRequest", (event) => {
    const { elt, target } = event.detail;
    if (document.hidden && "polls" in elt.dataset) {
      event.preventDefault();
      return;
    }
    target.setAttribute("aria-busy", "true");
  });
  document.addEventListener("htmx:afterRequest", (event) => {
    event.detail.target.removeAttribute("aria-busy");
    if (event.detail.successful) show_problem("");
  });
  document.addEventListener("htmx:beforeSwap", (event) => {
    const { target } = event.detail;
    const active = document.activeElement;
    had_focus = target.contains(active) && active !== document.body ? { id: active.id, region: target.id } : null;
  });
  /* An answer may be late: what has left the page meanwhile is not looked for. */
  document.addEventListener("htmx:beforeSwap", (event) => {
    const answer = document.createElement("template");
    answer.innerHTML = event.detail.serverResponse;
    const gone = [...answer.content.querySelectorAll("[hx-swap-oob][id]")].filter((part) => !byId(part.id));
    if (!gone.length) return;
    for (const part of gone) part.remove();
    event.detail.serverResponse = answer.innerHTML;
  });
  document.addEventListener("htmx:afterSettle", (event) => {
    const part = byId(event.detail.target.id) || event.detail.elt;
    reveal(part);
    say(part.dataset.says || part.querySelector("[data-says]")?.dataset.says);
    const dialog = part.closest("dialog");
    if (dialog && part.childElementCount) open(dialog);
    if (!had_focus || had_focus.region !== event.detail.target.id) return;
    const { id } = had_focus;
    had_focus = null;
    if (document.activeElement && document.activeElement !== document.body) return;
    const next = byId(id) || part.querySelector("h1, h2, h3") || part;
    if (!next.matches("a, button, input, select, textarea, summary, [tabindex]")) next.tabIndex = -1;
    next.focus({ preventScroll: true });
  });

  /* What the server says went wrong, in its own sentence where it has one. */
  const sentence_of = (answer) => {
    const page = new DOMParser().parseFromString(answer.responseText, "text/html");
    const problem = page.querySelector("[data-problem]");
    if (problem) return problem.textContent.trim();
    if (answer.status === 403) return "That is not yours to do. Ask an admin of the team.";
    if (answer.status === 404) return "That is no longer there. Load the page again.";
    return "The server could not answer. What you see still holds; try again in a moment.";
  };
  document.addEventListener("htmx:responseError", (event) => show_problem(sentence_of(event.detail.xhr)));
  for (const name of ["htmx:sendError", "htmx:timeout"]) {
    document.addEventListener(name, () => show_problem("The server cannot be reached. What you see still holds; try again in a moment."));
  }
})();
