// Draws every [data-chart] from the option JSON beside it; a click on a figure opens the list behind it.
(function () {
  "use strict";

  function draw(box) {
    const option = JSON.parse(document.getElementById(box.dataset.chart).textContent);
    const chart = window.echarts.init(box, null, { renderer: "svg" });
    chart.setOption(option);
    chart.on("click", function (params) {
      const href = params.data && params.data.href;
      if (href) { window.location.assign(href); }
    });
    window.addEventListener("resize", function () { chart.resize(); });
    window.addEventListener("beforeprint", function () { chart.resize(); });
  }

  document.addEventListener("DOMContentLoaded", function () {
    document.querySelectorAll("[data-chart]").forEach(draw);
  });
})();
