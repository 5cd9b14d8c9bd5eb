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

  // Amounts as Excel shows them: commas, blanks, full-width digits, a trailing 元.
  function clean(text, field) {
    const value = text.trim();
    return field.inputMode === "decimal" ? value.normalize("NFKC").replace(/[,\s元]/g, "") : value;
  }

  // Excel keeps fifteen digits: an eighteen-digit number comes back as 4.1E+17 or ending in zeros.
  function lost(value) { return /^\d(\.\d+)?e\+\d+$/i.test(value) || /^\d{15,}0{3}$/.test(value); }

  function warn(field, text) {
    const cell = field.closest("td");
    let note = cell.querySelector("[data-grid-warn]");
    if (!note && text) {
      note = document.createElement("span");
      note.className = "sub";
      note.setAttribute("data-grid-warn", "");
      cell.appendChild(note);
    }
    if (note) { note.textContent = text; }
    field.classList.toggle("wrong", Boolean(text));
    return Boolean(text);
  }

  // Put one cell; true where it has to be looked at.
  function put(field, text) {
    const value = clean(text, field);
    if (field.readOnly) { return false; }
    if (field.tagName === "SELECT") {
      const match = Array.prototype.find.call(field.options, function (option) {
        return option.text.trim() === value || option.value === value;
      });
      if (match) { field.value = match.value; }
      return warn(field, !match && value ? "没有“" + value + "”这一项, 请选" : "");
    }
    if (field.type === "checkbox") {
      field.checked = /^(是|有|1|y|√)$/i.test(value);
      return false;
    }
    field.value = value;
    if (lost(value)) { return warn(field, "Excel 只留 15 位, 后几位已丢; 请把这一列设为文本再复制"); }
    const amount = field.inputMode === "decimal" && value && !/^-?\d+(\.\d{1,2})?$/.test(value);
    return warn(field, amount ? "不是金额, 请核对" : "");
  }

  function block(text) {
    return text.replace(/\r/g, "").replace(/\n$/, "").split("\n").map(function (line) { return line.split("\t"); });
  }

  function paste(table, start, cells) {
    const first = entries(start.closest("tr")).indexOf(start);
    let row = start.closest("tr");
    let doubtful = 0;
    cells.forEach(function (line, index) {
      if (index > 0) { row = row.nextElementSibling || addRow(table); }
      const fields = entries(row);
      line.forEach(function (text, offset) {
        if (fields[first + offset] && put(fields[first + offset], text)) { doubtful += 1; }
      });
    });
    const said = table.parentNode.querySelector(".grid-foot .hint");
    if (said) {
      said.setAttribute("role", "status");
      said.textContent = "已粘贴 " + cells.length + " 行" + (doubtful ? ", 有 " + doubtful + " 格要核对" : "");
    }
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

  document.querySelectorAll("table[data-grid]").forEach(function (table) {
    table.addEventListener("grid:add", function () { addRow(table); });
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
