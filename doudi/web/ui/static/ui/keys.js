// Keys of the office. Letters act only while a table has the focus (WCAG 2.1.4); an input method keeps its keys.
(function () {
  "use strict";

  function typing(target) {
    return target.isContentEditable || /^(INPUT|SELECT|TEXTAREA)$/.test(target.tagName) &&
      !/^(checkbox|radio|button|submit)$/.test(target.type);
  }

  function rows(table) {
    return Array.prototype.slice.call(table.querySelectorAll("tbody tr[data-row]"));
  }

  function current(list) {
    return list.findIndex(function (row) { return row.classList.contains("here"); });
  }

  function go(list, index) {
    const next = Math.max(0, Math.min(list.length - 1, index));
    list.forEach(function (row, i) { row.classList.toggle("here", i === next); });
    list[next].scrollIntoView({ block: "nearest" });
    return list[next];
  }

  function tick(row, value) {
    const box = row.querySelector('input[name="row"]');
    if (!box || box.disabled) { return; }
    box.checked = value === undefined ? !box.checked : value;
    box.dispatchEvent(new Event("change", { bubbles: true }));
  }

  function move(list, step, range) {
    const from = current(list);
    if (range && from >= 0) { tick(list[from], true); }
    const row = go(list, from + step);
    if (range) { tick(row, true); }
  }

  function inTable(event, table) {
    const list = rows(table);
    if (!list.length) { return false; }
    const key = event.key.toLowerCase();
    if (key === "arrowdown" || key === "j") { move(list, 1, event.shiftKey); return true; }
    if (key === "arrowup" || key === "k") { move(list, -1, event.shiftKey); return true; }
    const row = list[current(list)];
    if (!row || event.target.closest("a, button, summary")) { return false; }
    if (key === " ") { tick(row); return true; }
    if (key === "enter" && row.dataset.url) { window.location.assign(row.dataset.url); return true; }
    return false;
  }

  function keepDraft() {
    const forms = document.querySelectorAll("form[data-draft]");
    forms.forEach(function (form) { form.dispatchEvent(new CustomEvent("draft:keep")); });
    return forms.length > 0;
  }

  function withAlt(key) {
    if (key === "s") { return keepDraft(); }
    const next = key === "n" ? document.querySelector("[data-next-case]") : null;
    if (next) { next.click(); }
    return Boolean(next);
  }

  function anywhere(key) {
    if (key === "/") {
      const search = document.getElementById("global-search");
      if (search) { search.focus(); search.select(); }
      return Boolean(search);
    }
    if (key === "?") { window.doudiOpen("keys"); return true; }
    return false;
  }

  function inForm(event) {
    const form = event.target.closest && event.target.closest("form[data-long]");
    if (!form || event.key !== "Enter") { return false; }
    if (event.ctrlKey) { form.requestSubmit(); return true; }
    return event.target.tagName === "INPUT";
  }

  document.addEventListener("keydown", function (event) {
    if (event.isComposing || event.keyCode === 229 || event.defaultPrevented) { return; }
    if (document.querySelector("dialog[open]")) { return; }
    let used = inForm(event);
    if (!used && event.altKey) { used = withAlt(event.key.toLowerCase()); }
    if (!used && !event.altKey && !event.ctrlKey && !event.metaKey && !typing(event.target)) {
      const table = event.target.closest("table[data-keys]");
      used = (table && inTable(event, table)) || anywhere(event.key);
    }
    if (used) { event.preventDefault(); }
  });

  // Search results are walked at once. Back from a case: the row it was on is current again, and the keys work without reaching for the mouse.
  document.addEventListener("DOMContentLoaded", function () {
    const entry = document.querySelector(".rail a[aria-current]");
    if (entry) { entry.scrollIntoView({ block: "nearest" }); }
    const row = document.querySelector("table[data-keys] tbody tr.here");
    const walk = document.querySelector("[data-walk] table[data-keys]");
    if (!row && walk) { walk.focus({ preventScroll: true }); }
    if (!row) { return; }
    row.closest("table").focus({ preventScroll: true });
    row.scrollIntoView({ block: "center" });
  });

  // A table wider than its frame is moved with the arrow keys, so the frame can be reached; one that fits is no stop.
  function reachable() {
    document.querySelectorAll(".ledger-wrap").forEach(function (frame) {
      const wide = frame.scrollWidth > frame.clientWidth + 1;
      if (wide && !frame.querySelector("a, button, input, [tabindex]")) { frame.tabIndex = 0; }
      if (!wide) { frame.removeAttribute("tabindex"); }
    });
  }
  document.addEventListener("DOMContentLoaded", reachable);
  window.addEventListener("resize", reachable);

  document.addEventListener("focusin", function (event) {
    const table = event.target.matches("table[data-keys]") ? event.target : null;
    if (table && current(rows(table)) < 0 && rows(table).length) { go(rows(table), 0); }
  });
})();
