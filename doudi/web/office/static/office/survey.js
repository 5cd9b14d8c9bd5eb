// The survey form: signatures drawn on the screen, boxes shown only when needed, all items agreeing at once.
// Without script the form still works: the signed paper is photographed and every box is open.
(function () {
  "use strict";

  function pad(box) {
    const canvas = box.querySelector("canvas");
    const input = box.querySelector("input[type=hidden]");
    const clear = box.querySelector("[data-pad-clear]");
    const pen = canvas.getContext("2d");
    let drawing = false;
    pen.lineWidth = 3.5;
    pen.lineCap = "round";
    pen.lineJoin = "round";
    pen.strokeStyle = "#1b2426";
    if (input.value) { again(); }

    function again() {
      const drawn = new Image();
      drawn.onload = function () { pen.drawImage(drawn, 0, 0); clear.hidden = false; };
      drawn.src = input.value;
    }

    function at(event) {
      const box = canvas.getBoundingClientRect();
      return [(event.clientX - box.left) * canvas.width / box.width,
        (event.clientY - box.top) * canvas.height / box.height];
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
    });
    ["pointerup", "pointercancel"].forEach(function (name) {
      canvas.addEventListener(name, function () {
        if (!drawing) { return; }
        drawing = false;
        input.value = canvas.toDataURL("image/png");
        clear.hidden = false;
      });
    });
    clear.addEventListener("click", function () {
      pen.clearRect(0, 0, canvas.width, canvas.height);
      input.value = "";
      clear.hidden = true;
    });
  }

  function chosen(form, name) {
    return Array.from(form.querySelectorAll('[name="' + name + '"]:checked')).map(function (one) { return one.value; });
  }

  function show(form) {
    const others = chosen(form, "others");
    form.querySelectorAll("[data-partner]").forEach(function (box) {
      box.hidden = !others.includes(box.dataset.partner);
    });
    form.querySelectorAll("[data-when]").forEach(function (box) {
      box.hidden = chosen(form, box.dataset.when).includes(box.dataset.whenNot);
    });
  }

  document.addEventListener("DOMContentLoaded", function () {
    const form = document.querySelector("form.visit");
    if (!form) { return; }
    form.querySelectorAll("[data-pad]").forEach(pad);
    form.addEventListener("change", function () { show(form); });
    show(form);
    const all = form.querySelector("[data-all-agree]");
    all.hidden = false;
    all.addEventListener("click", function () {
      form.querySelectorAll('[name^="agrees-"][value="1"]').forEach(function (radio) { radio.checked = true; });
    });
  });
})();
