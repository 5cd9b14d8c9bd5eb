// Entry grid: add a row, paste a block from Excel, tell the page that figures changed.
(function () {
  "use strict";

  function total(table) {
    return document.querySelector('input[name="' + table.dataset.prefix + '-TOTAL_FORMS"]');
  }

  function addRow(table) {
    const count = total(table);
    const source = table.parentNode.querySelector("template[data-grid-row]");
    const body = table.tBodies[0];
    const row = document.importNode(source.content.querySelector("tr"), true);
    row.querySelectorAll("[name], [id], [for]").forEach(function (node) {
      ["name", "id", "for", "aria-describedby"].forEach(function (key) {
        if (node.hasAttribute(key)) {
          node.setAttribute(key, node.getAttribute(key).replace("__prefix__", count.value));
        }
      });
    });
    body.appendChild(row);
    count.value = String(Number(count.value) + 1);
    return row;
  }

  function entries(row) {
    return Array.prototype.slice.call(row.querySelectorAll("td input:not([type=hidden]), td select"));
  }

  function clean(text, field) {
    const value = text.trim();
    return field.inputMode === "decimal" ? value.replace(/,/g, "") : value;
  }

  function put(field, text) {
    const value = clean(text, field);
    if (field.tagName === "SELECT") {
      const match = Array.prototype.find.call(field.options, function (option) {
        return option.text.trim() === value || option.value === value;
      });
      if (match) { field.value = match.value; }
      field.classList.toggle("wrong", !match && value !== "");
    } else if (field.type === "checkbox") {
      field.checked = /^(是|1|y|√)$/i.test(value);
    } else {
      field.value = value;
    }
  }

  function block(text) {
    return text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map(function (line) { return line.split("\t"); });
  }

  function paste(table, start, cells) {
    const first = entries(start.closest("tr")).indexOf(start);
    let row = start.closest("tr");
    cells.forEach(function (line, index) {
      if (index > 0) { row = row.nextElementSibling || addRow(table); }
      const fields = entries(row);
      line.forEach(function (text, offset) {
        if (fields[first + offset]) { put(fields[first + offset], text); }
      });
    });
    changed(table);
  }

  function changed(table) {
    table.dispatchEvent(new CustomEvent("grid:changed", { bubbles: true }));
  }

  document.addEventListener("paste", function (event) {
    const table = event.target.closest("table[data-grid]");
    const text = table && event.clipboardData.getData("text/plain");
    if (!text || !/[\t\n]/.test(text.trim())) { return; }
    event.preventDefault();
    paste(table, event.target, block(text));
  });

  document.addEventListener("click", function (event) {
    const button = event.target.closest("[data-grid-add]");
    if (!button) { return; }
    const row = addRow(document.getElementById(button.dataset.gridAdd));
    entries(row)[0].focus();
  });

  document.addEventListener("input", function (event) {
    const table = event.target.closest("table[data-grid]");
    if (table && !event.isComposing) { changed(table); }
  });

  document.addEventListener("compositionend", function (event) {
    const table = event.target.closest("table[data-grid]");
    if (table) { changed(table); }
  });

  document.addEventListener("keydown", function (event) {
    const table = event.target.closest && event.target.closest("table[data-grid]");
    if (!table || event.isComposing || event.key !== "Enter" || event.ctrlKey) { return; }
    event.preventDefault();
    const fields = entries(event.target.closest("tr"));
    const column = fields.indexOf(event.target);
    const below = event.target.closest("tr").nextElementSibling || addRow(table);
    entries(below)[column].focus();
  });
})();
