// A key held down signs one case, not the next as well: its repeats press no deciding button.
(function () {
  "use strict";

  function presses(event) { return event.key === "Enter" || event.key === " "; }

  document.addEventListener("keydown", function (event) {
    if (event.repeat && presses(event) && event.target.closest("[data-once]")) { event.preventDefault(); }
  }, true);
})();
