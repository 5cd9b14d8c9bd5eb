// Drawers and boxes (native dialog), and the error summary that takes the focus.
(function () {
  "use strict";

  window.doudiOpen = function (id) {
    const dialog = document.getElementById(id);
    if (!dialog || dialog.open) { return; }
    if (dialog.showModal) { dialog.showModal(); } else { dialog.setAttribute("open", ""); }
  };

  document.addEventListener("click", function (event) {
    const opener = event.target.closest("[data-opens]");
    if (opener) { window.doudiOpen(opener.dataset.opens); return; }
    if (event.target.matches("dialog.drawer, dialog.box")) { outside(event); }
  });

  function outside(event) {
    const box = event.target.getBoundingClientRect();
    const inside = event.clientX >= box.left && event.clientX <= box.right &&
      event.clientY >= box.top && event.clientY <= box.bottom;
    if (!inside) { event.target.close(); }
  }

  document.addEventListener("DOMContentLoaded", function () {
    const summary = document.querySelector("[data-focus]");
    if (summary) {
      summary.focus();
      document.title = "请修改: " + document.title;
    }
  });
})();
