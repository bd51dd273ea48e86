// "Listen": the text as it stands in its field, spoken by the box.
"use strict";
(() => {
  for (const place of document.querySelectorAll("[data-hear]")) {
    const button = place.querySelector("button"), said = place.querySelector("[role=status]");
    const field = document.getElementById(place.dataset.hear);
    let player = null;
    button.addEventListener("click", async () => {
      if (player) player.pause();
      button.disabled = true;
      said.textContent = "";
      const text = field.value.trim() || place.dataset.else;
      try {
        const answer = await fetch(`${place.dataset.address}?text=${encodeURIComponent(text)}`);
        if (!answer.ok) { said.textContent = await answer.text(); return; }
        const address = URL.createObjectURL(await answer.blob());
        player = new Audio(address);
        place.dataset.heard = "";
        player.addEventListener("ended", () => {
          URL.revokeObjectURL(address);
          place.dataset.heard = "whole";
        });
        await player.play();
      } catch (fault) {
        said.textContent = String(fault.message || fault);
      } finally {
        button.disabled = false;
      }
    });
  }
})();
