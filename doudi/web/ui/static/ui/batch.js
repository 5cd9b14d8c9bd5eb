// Ticked rows raise a bar at the bottom with their count and their sum (fen, whole numbers only).
(function () {
  "use strict";

  function yuan(fen) {
    const whole = Math.floor(fen / 100).toString().replace(/\B(?=(\d{3})+$)/g, ",");
    return whole + "." + String(fen % 100).padStart(2, "0");
  }

  function boxes(form) {
    return Array.prototype.slice.call(form.querySelectorAll('input[name="row"]:not(:disabled)'));
  }

  function refresh(form) {
    const all = boxes(form);
    const ticked = all.filter(function (box) { return box.checked; });
    const bar = form.querySelector("[data-batchbar]");
    all.forEach(function (box) { box.closest("tr").classList.toggle("ticked", box.checked); });
    bar.hidden = ticked.length === 0;
    document.documentElement.classList.toggle("has-batch", ticked.length > 0);
    const every = form.querySelector("[data-all-matching]");
    const whole = every && every.checked;
    const count = whole ? Number(every.dataset.allMatching) : ticked.length;
    bar.querySelector("[data-batch-count]").textContent = count.toLocaleString("en-US");
    const sums = bar.querySelector("[data-batch-sum-part]");
    if (sums) { sums.hidden = Boolean(whole); } // the sum of this page is not the sum of all
    const sum = bar.querySelector("[data-batch-sum]");
    if (sum) {
      sum.textContent = yuan(ticked.reduce(function (total, box) { return total + Number(box.dataset.fen || 0); }, 0));
    }
    const head = form.querySelector("[data-tick-all]");
    if (head) {
      head.checked = all.length > 0 && ticked.length === all.length;
      head.indeterminate = ticked.length > 0 && ticked.length < all.length;
    }
  }

  document.addEventListener("change", function (event) {
    const form = event.target.closest("form[data-batch]");
    if (!form) { return; }
    if (event.target.matches("[data-tick-all], [data-all-matching]")) {
      boxes(form).forEach(function (box) { box.checked = event.target.checked; });
    }
    const every = form.querySelector("[data-all-matching]");
    if (every && event.target.name === "row" && !event.target.checked) { every.checked = false; }
    refresh(form);
  });

  document.addEventListener("click", function (event) {
    const form = event.target.closest("form[data-batch]");
    if (form && event.target.matches("[data-tick-none]")) {
      boxes(form).forEach(function (box) { box.checked = false; });
      const every = form.querySelector("[data-all-matching]");
      if (every) { every.checked = false; }
      refresh(form);
    }
  });

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("form[data-batch]").forEach(refresh);
  });
})();
