// The class of help a person needs, counted while the six items are tapped; the server counts again.
(function () {
  "use strict";
  const told = document.getElementById("care-grades");
  if (!told) { return; }
  const grades = JSON.parse(told.textContent);

  document.querySelectorAll("form.ability").forEach(function (form) {
    const live = form.querySelector("[data-live]");

    function count() {
      const items = form.querySelectorAll(".reach");
      const chosen = form.querySelectorAll(".reach input:checked");
      const failed = form.querySelectorAll(".reach input[value='1']:checked").length;
      live.hidden = chosen.length < items.length;
      const grade = failed >= Number(form.dataset.fully) ? "fully" : failed >= Number(form.dataset.partly) ? "partly" : "able";
      live.querySelector("[data-count]").textContent = failed;
      live.querySelector("[data-grade]").textContent = grades[grade];
    }

    form.addEventListener("change", count);
    count();
  });
})();
