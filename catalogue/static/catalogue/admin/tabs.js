// The parts of a long form under tabs. Without this script they stand one under the other.
(() => {
  "use strict";
  const list = document.querySelector(".form-tabs");
  if (!list) return;
  const tabs = [...list.querySelectorAll("[role=tab]")];
  const part = (tab) => document.getElementById(tab.getAttribute("aria-controls"));

  const choose = (chosen) => {
    for (const tab of tabs) {
      const is_it = tab === chosen;
      tab.setAttribute("aria-selected", String(is_it));
      tab.tabIndex = is_it ? 0 : -1;
      part(tab).hidden = !is_it;
    }
  };

  list.hidden = false;
  for (const tab of tabs) {
    part(tab).setAttribute("role", "tabpanel");
    part(tab).setAttribute("aria-labelledby", tab.id);
    tab.addEventListener("click", () => {
      choose(tab);
      history.replaceState(null, "", `#${tab.getAttribute("aria-controls")}`);
    });
    // What is wrong is found without opening every tab.
    const wrong = part(tab).querySelectorAll(".error, [aria-invalid=true]").length > 0;
    if (wrong) tab.dataset.wrong = "";
  }
  list.addEventListener("keydown", (event) => {
    const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
    if (!step) return;
    event.preventDefault();
    const at = tabs.indexOf(document.activeElement);
    const next = tabs[(at + step + tabs.length) % tabs.length];
    choose(next);
    next.focus();
  });
  const named = tabs.find((tab) => `#${tab.getAttribute("aria-controls")}` === location.hash);
  choose(named || tabs.find((tab) => "wrong" in tab.dataset) || tabs[0]);
})();
