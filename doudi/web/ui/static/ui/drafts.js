// Drafts: a form with data-draft is kept on the server a few seconds after typing stops, for this person only.
(function () {
  "use strict";

  const AFTER_MS = 4000;
  const ADDRESS = "/caogao/";

  function fields(form) {
    return Array.prototype.filter.call(form.elements, function (field) {
      return field.name && !/^(hidden|password|file|submit|button|reset)$/.test(field.type) && !field.closest("template");
    });
  }

  function typed(form) {
    const found = {};
    fields(form).forEach(function (field) {
      found[field.name] = found[field.name] || [];
      const box = field.type === "checkbox" || field.type === "radio";
      if (!box) { found[field.name].push(field.value); }
      else if (field.checked) { found[field.name].push(field.value); }
    });
    return found;
  }

  function place(form) { return form.dataset.draft || window.location.pathname; }

  function send(form, path, body) {
    const data = new URLSearchParams(body);
    data.set("place", place(form));
    data.set("csrfmiddlewaretoken", form.querySelector("[name=csrfmiddlewaretoken]").value);
    return fetch(path, { method: "POST", body: data, credentials: "same-origin", keepalive: path !== ADDRESS });
  }

  function say(form, text) {
    let line = form.querySelector("[data-draft-said]");
    if (!line) {
      line = document.createElement("p");
      line.className = "draft-said";
      line.setAttribute("role", "status");
      line.setAttribute("data-draft-said", "");
      form.appendChild(line);
    }
    line.textContent = text;
  }

  function keep(form) {
    window.clearTimeout(form.draftTimer);
    const content = JSON.stringify(typed(form));
    if (content === form.draftKept) { return; }
    send(form, ADDRESS, { content: content }).then(function (answer) {
      if (!answer.ok) { return answer.text().then(function (text) { say(form, answer.status === 413 ? text : "草稿没有存下, 请尽快提交"); }); }
      form.draftKept = content;
      return answer.json().then(function (told) { say(form, "草稿已存 " + told.at); });
    }).catch(function () { say(form, "草稿没有存下: 网络不通"); });
  }

  function later(event) {
    const form = event.target.closest && event.target.closest("form[data-draft]");
    if (!form || event.isComposing) { return; }
    window.clearTimeout(form.draftTimer);
    form.draftTimer = window.setTimeout(function () { keep(form); }, AFTER_MS);
  }

  function needRows(form, content) {
    form.querySelectorAll("table[data-grid]").forEach(function (table) {
      const start = table.dataset.prefix + "-";
      Object.keys(content).forEach(function (name) {
        const row = name.indexOf(start) === 0 ? Number(name.slice(start.length).split("-")[0]) : -1;
        const count = form.querySelector('input[name="' + start + 'TOTAL_FORMS"]');
        while (count && row >= Number(count.value) && row < 200) {
          table.dispatchEvent(new CustomEvent("grid:add"));
        }
      });
    });
  }

  function restore(form, content) {
    needRows(form, content);
    fields(form).forEach(function (field) {
      const values = content[field.name];
      if (!values) { return; }
      if (field.type === "checkbox" || field.type === "radio") { field.checked = values.indexOf(field.value) >= 0; }
      else if (!field.readOnly && values.length) { field.value = values[0]; }
    });
    form.draftKept = JSON.stringify(typed(form));
    form.dispatchEvent(new Event("input", { bubbles: true }));
    const grid = form.querySelector("table[data-grid]");
    if (grid) { grid.dispatchEvent(new CustomEvent("grid:changed", { bubbles: true })); }
  }

  function button(text, act) {
    const made = document.createElement("button");
    made.type = "button";
    made.className = "btn btn-small";
    made.textContent = text;
    made.addEventListener("click", act);
    return made;
  }

  function offer(form, told) {
    const bar = document.createElement("p");
    bar.className = "note draft-bar";
    bar.setAttribute("role", "status");
    bar.append("有 " + told.at + " 的草稿", button("恢复", function () {
      restore(form, told.content);
      bar.remove();
      say(form, "已恢复草稿, 请核对后提交");
    }), button("丢弃", function () {
      send(form, ADDRESS + "diuqi/", {});
      bar.remove();
    }));
    form.parentNode.insertBefore(bar, form);
  }

  function begin(form) {
    form.draftKept = JSON.stringify(typed(form));
    const mark = document.createElement("input");
    mark.type = "hidden";
    mark.name = "draft_place";
    mark.value = place(form);
    form.appendChild(mark);
    form.addEventListener("draft:keep", function () { keep(form); });
    form.addEventListener("submit", function () { window.clearTimeout(form.draftTimer); });
    if (document.querySelector(".error-summary")) { return; }
    fetch(ADDRESS + "?place=" + encodeURIComponent(place(form)), { credentials: "same-origin" }).then(function (answer) {
      return answer.status === 200 ? answer.json() : null;
    }).then(function (told) { if (told) { offer(form, told); } }).catch(function () {});
  }

  document.addEventListener("input", later);
  document.addEventListener("change", later);
  document.addEventListener("compositionend", later);
  document.addEventListener("grid:changed", later);
  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-draft]").forEach(begin);
  });
})();
