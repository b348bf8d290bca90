// What the theme makes of links and spans that only a mouse can press is made a button for everybody:
// it can be reached with the keyboard, pressed with Enter or the space bar, and has a name. And the
// parts of its pages say what they are.
(() => {
  "use strict";
  const NAMES = {
    dock_to_right: "Side bar",
    close: "Close the side bar",
    unfold_more: "Account",
    more_vert: "More",
  };

  const LABELS = {
    "#nav-sidebar-inner": "Admin",
    "#tabs-items": "Parts of this page",
    "#searchbar-submit": "Search",
    "#searchbar": "Search",
    "#nav-sidebar-apps .simplebar-content-wrapper": "Places",
    "#content .simplebar-content-wrapper": "List",
    ".select2-search__field": "Search",
  };

  const name_of = (element) => NAMES[element.textContent.trim()];

  const reach = (element) => {
    if (element.matches("a[href], button, input, select, textarea, [tabindex]")) return;
    element.setAttribute("role", "button");
    element.tabIndex = 0;
    const name = name_of(element);
    if (name) element.setAttribute("aria-label", name);
    element.addEventListener("keydown", (event) => {
      if (event.target !== element || (event.key !== "Enter" && event.key !== " ")) return;
      event.preventDefault();
      element.click();
    });
  };

  document.addEventListener("DOMContentLoaded", () => {
    for (const element of document.querySelectorAll("[x-on\\:click]")) {
      // The grey behind an open panel is for the mouse; the panel closes with Escape.
      if (element.id !== "changelist-filter-close") reach(element);
    }
    document.getElementById("main")?.setAttribute("role", "main");
    // Drawings: each stands beside its word, or in a button that is named above.
    for (const sign of document.querySelectorAll(".material-symbols-outlined:not([role])")) {
      sign.setAttribute("aria-hidden", "true");
    }
  });

  const name_parts = () => {
    for (const [selector, label] of Object.entries(LABELS)) {
      for (const element of document.querySelectorAll(selector)) {
        if (element.ariaLabel !== label) element.setAttribute("aria-label", label);
      }
    }
  };

  // The scripts of others draw some of these parts, when they come to it.
  window.addEventListener("load", () => {
    name_parts();
    new MutationObserver(name_parts).observe(document.body, { childList: true, subtree: true });
  });
})();
