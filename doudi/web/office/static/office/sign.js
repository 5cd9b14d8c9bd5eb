// A signature drawn with a finger, a pen or the mouse. <canvas data-sign="field-id"> puts its picture into that field
// when the form is sent; nothing drawn sends nothing. Inside [data-sign-form] the pad and the photograph show only for
// the way of signing that needs them.
(function () {
  "use strict";

  function pad(canvas) {
    const pen = canvas.getContext("2d");
    const field = document.getElementById(canvas.dataset.sign);
    let drawing = false, drawn = false;
    pen.lineWidth = 4;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#1b2426";

    function at(event) {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width, (event.clientY - box.top) * canvas.height / box.height];
    }
    canvas.addEventListener("pointerdown", function (event) {
      drawing = true;
      canvas.setPointerCapture(event.pointerId);
      pen.beginPath();
      pen.moveTo.apply(pen, at(event));
      event.preventDefault();
    });
    canvas.addEventListener("pointermove", function (event) {
      if (!drawing) { return; }
      pen.lineTo.apply(pen, at(event));
      pen.stroke();
      drawn = true;
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () { drawing = false; });
    });
    const clear = canvas.parentElement.querySelector("[data-sign-clear]");
    if (clear) {
      clear.addEventListener("click", function () {
        pen.clearRect(0, 0, canvas.width, canvas.height);
        drawn = false;
      });
    }
    if (canvas.closest("form")) {
      canvas.closest("form").addEventListener("submit", function () {
        field.value = drawn ? canvas.toDataURL("image/png") : "";
      });
    }
  }

  function ways(form) {
    const shown = { drawn: form.querySelector("[data-sign-pad]"), photo: form.querySelector("[data-sign-photo]") };
    function show() {
      const way = form.querySelector("input[name=way]:checked");
      Object.keys(shown).forEach(function (name) { shown[name].hidden = !way || way.value !== name; });
    }
    form.addEventListener("change", show);
    show();
  }

  document.querySelectorAll("canvas[data-sign]").forEach(pad);
  document.querySelectorAll("[data-sign-form]").forEach(ways);
})();
