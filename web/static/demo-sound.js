// "Listen in": what a virtual telephone hears, fetched a quarter of a second at a time.
"use strict";
(() => {
  const RATE = 8000, PAUSE_MS = 200, AHEAD_S = 0.35, LATE_MAX_S = 1.5;
  let context = null, address = null, place = null, at = 0, timer = 0;

  const show = () => {
    for (const button of document.querySelectorAll("[data-sound]")) {
      button.setAttribute("aria-pressed", String(button.dataset.sound === address));
    }
  };
  const stop = () => {
    clearTimeout(timer);
    address = null;
    show();
  };
  const play = (data) => {
    const pcm = new DataView(data), count = data.byteLength >> 1;
    if (!count) return;
    const buffer = context.createBuffer(1, count, RATE), out = buffer.getChannelData(0);
    for (let n = 0; n < count; n += 1) out[n] = pcm.getInt16(2 * n, true) / 32768;
    const now = context.currentTime;
    if (at < now || at > now + LATE_MAX_S) at = now + AHEAD_S;
    const source = context.createBufferSource();
    source.buffer = buffer;
    source.connect(context.destination);
    source.start(at);
    at += buffer.duration;
    document.documentElement.dataset.soundHeard = String(place);
  };
  const fetchMore = async () => {
    const mine = address;
    try {
      // The first look only asks for the place: what was said before is over
      const answer = await fetch(`${mine}?after=${place ?? "99999999999999"}`);
      if (mine !== address) return;
      if (!answer.ok) { stop(); return; }
      const data = await answer.arrayBuffer(), first = place === null;
      place = Number(answer.headers.get("X-Sound-End"));
      if (!first) play(data);
    } catch {
      stop();
      return;
    }
    if (mine === address) timer = setTimeout(fetchMore, PAUSE_MS);
  };

  document.addEventListener("click", (event) => {
    const button = event.target.closest && event.target.closest("[data-sound]");
    if (!button) return;
    const same = address === button.dataset.sound;
    stop();
    if (same) return;
    context = context || new AudioContext();
    context.resume();
    address = button.dataset.sound;
    place = null;
    at = 0;
    show();
    fetchMore();
  });
  // The page fetches itself again: the buttons are new ones
  document.addEventListener("htmx:afterSwap", show);
})();
