// The picture of a rulebook: a click shows what a value needs and what uses it, and says how it comes about.
(function () {
  "use strict";

  const card = document.querySelector("[data-rules]");
  if (!card) { return; }
  const svg = card.querySelector("svg");
  const told = card.querySelector("[data-told]");
  const hint = told.innerHTML;
  const boxes = Array.from(svg.querySelectorAll("[data-name]"));
  const curves = Array.from(svg.querySelectorAll("[data-need]"));
  let here = "";

  // Everything reached from a value along the curves, one way or the other.
  function reached(start, from, to) {
    const found = new Set();
    const waiting = [start];
    while (waiting.length) {
      const name = waiting.pop();
      for (const curve of curves) {
        const next = curve.dataset[to];
        if (curve.dataset[from] === name && !found.has(next)) { found.add(next); waiting.push(next); }
      }
    }
    return found;
  }

  function clear() {
    here = "";
    svg.classList.remove("picked");
    told.innerHTML = hint;
    for (const one of boxes.concat(curves)) { one.classList.remove("is-here", "is-need", "is-user", "aside", "on-need", "on-user", "direct"); }
  }

  function pick(name) {
    const row = document.getElementById("v-" + name);
    clear();
    if (!row) { return; }
    here = name;
    const needs = reached(name, "user", "need");
    const users = reached(name, "need", "user");
    svg.classList.add("picked");
    for (const box of boxes) {
      const other = box.dataset.name;
      box.classList.add(other === name ? "is-here" : needs.has(other) ? "is-need" : users.has(other) ? "is-user" : "aside");
    }
    for (const curve of curves) {
      const user = curve.dataset.user;
      const need = curve.dataset.need;
      curve.classList.toggle("on-need", user === name || needs.has(user));
      curve.classList.toggle("on-user", need === name || users.has(need));
      curve.classList.toggle("direct", need === name || user === name);
    }
    say(row);
  }

  function say(row) {
    const head = document.createElement("h3");
    head.textContent = row.querySelector("th").firstChild.textContent.trim();
    const law = part("hush", row.querySelector("[data-law]"), "span");
    const links = document.createElement("a");
    links.className = "told-links";
    links.href = "#" + row.id;
    links.textContent = "在表里看";
    const how = document.createElement("p");
    how.className = "told-how";
    how.textContent = row.querySelector("[data-how]").firstChild.textContent.trim();
    told.replaceChildren(links, head, law, how);
    if (row.querySelector("[data-used]").children.length) {
      told.append(part("told-used", row.querySelector("[data-used]"), "p"));
    }
  }

  function part(name, cell, tag) {
    const made = document.createElement(tag);
    made.className = name;
    for (const child of cell.childNodes) { made.append(child.cloneNode(true)); }
    return made;
  }

  svg.addEventListener("click", function (event) {
    const box = event.target.closest("[data-name]");
    if (!box) { clear(); return; }
    event.preventDefault();
    if (box.dataset.name === here) { clear(); } else { pick(box.dataset.name); }
  });
  document.addEventListener("keydown", function (event) {
    if (event.key === "Escape" && here) { clear(); }
  });
})();
